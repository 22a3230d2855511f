import { execFile } from "node:child_process";

/** A command line that runs a program in a narrower place; the program and its arguments are appended. */
export type Launch = readonly string[];

// A new network namespace holds one loopback interface, and that is down. A process without the right to make one
// may still make it inside a user namespace of its own, where the kernel allows those.
const NETWORK: readonly Launch[] = [
  ["/usr/bin/unshare", "--net", "--"],
  ["/usr/bin/unshare", "--map-current-user", "--net", "--"],
  ["/usr/bin/unshare", "--map-root-user", "--net", "--"],
];
// A core file would hold the picture. `env -i` drops what the shell itself puts into the environment.
const NO_CORE_FILE: Launch = ["/bin/sh", "-c", 'ulimit -c 0 && exec /usr/bin/env -i "$@"', "sh"];

/**
 * Finds, by trying, the narrowest way to start a child that this host allows: own network namespace, no core file.
 * @returns an empty list where neither is to be had (macOS has no namespaces, Windows neither)
 */
export async function narrowestLaunch(): Promise<Launch> {
  if (process.platform === "win32") return [];
  const core = (await runs(NO_CORE_FILE)) ? NO_CORE_FILE : [];
  if (process.platform !== "linux") return core;
  for (const network of NETWORK) {
    if (await runs(network)) return [...network, ...core];
  }
  return core;
}

async function runs(launch: Launch): Promise<boolean> {
  const [command, ...args] = [...launch, "/bin/sh", "-c", ":"];
  return await new Promise((resolve) => {
    // A program that is not there is an error like any other.
    execFile(command, args, { env: {}, timeout: 2000 }, (error) => {
      resolve(error === null);
    });
  });
}
