import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** A PostgreSQL of its own in a temporary folder, on a unix socket there. */
export interface PostgresCluster {
  /** `postgres://…` of its one empty database. */
  readonly url: string;
  start(): Promise<void>;
  /** `immediate`: as a crash; `fast`: in order. */
  stop(mode: "immediate" | "fast"): Promise<void>;
  /** Stops it and takes its files away. */
  close(): Promise<void>;
}

const DEBIAN = "/usr/lib/postgresql";
const OLDEST = 15;
const USER = "sameface";
const FOR_TESTS = {
  listen_addresses: "",
  // A killed process loses nothing that the kernel has; only a power cut would, and no test cuts the power.
  fsync: "off",
  shared_buffers: "64MB",
  max_connections: "200",
};

/**
 * Makes and starts a cluster; as root its processes are those of an unprivileged user, since PostgreSQL refuses root.
 * @param options.folder where its files are to lie; absent: a new temporary folder
 * @param options.data where its tables are to lie, apart from its write-ahead log, which it can't live without
 * @param options.settings as in `postgresql.conf`, over those for tests
 */
export async function startPostgresCluster(
  options: {
    readonly folder?: string;
    readonly data?: string;
    readonly settings?: Readonly<Record<string, string>>;
  } = {},
): Promise<PostgresCluster> {
  const bin = findBinaries();
  if (bin === null)
    throw new Error(`no PostgreSQL ${OLDEST} or newer is installed: neither on the PATH nor in ${DEBIAN}`);
  const folder = options.folder ?? (await mkdtemp(path.join(tmpdir(), "sameface-pg-")));
  const owner = unprivileged();
  for (const own of [folder, options.data ?? folder]) if (owner !== null) chownSync(own, owner.uid, owner.gid);
  const data = path.join(options.data ?? folder, "data");
  const run = runnerIn(folder, { bin, owner });
  const apart = options.data === undefined ? [] : ["-X", path.join(folder, "wal")];
  await run("initdb", ["-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", ...apart]);
  const settings = { ...FOR_TESTS, unix_socket_directories: folder, ...options.settings };
  const told = Object.entries(settings).map(([name, value]) => `-c ${name}='${value}'`);
  const start = async (): Promise<void> => {
    await run("pg_ctl", ["-D", data, "-w", "-t", "60", "-l", path.join(folder, "log"), "-o", told.join(" "), "start"]);
  };
  const stop = async (mode: "immediate" | "fast"): Promise<void> => {
    await run("pg_ctl", ["-D", data, "-w", "-t", "60", "-m", mode, "stop"]);
  };
  await start();
  await run("createdb", ["-h", folder, "-U", USER, USER]);
  return {
    url: `postgres://${USER}@/${USER}?host=${folder}`,
    start,
    stop,
    close: async () => {
      if (existsSync(path.join(data, "postmaster.pid"))) await stop("immediate");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Owner = { readonly uid: number; readonly gid: number } | null;

function runnerIn(folder: string, as: { readonly bin: string; readonly owner: Owner }) {
  return async (command: string, args: readonly string[]): Promise<void> => {
    const env = { PATH: process.env["PATH"] ?? "", HOME: folder, LC_ALL: "C" };
    const child = spawn(path.join(as.bin, command), args, { cwd: folder, env, stdio: "ignore", ...as.owner });
    const [code] = (await once(child, "exit")) as [number | null];
    if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}`);
  };
}

const COMMANDS = ["initdb", "pg_ctl", "createdb"];

/** The folder of its commands: Debian's newest, which are on no PATH, else one of the PATH; `null`: there is none. */
function findBinaries(): string | null {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).map(Number) : [];
  const newestFirst = versions.filter((version) => version >= OLDEST).toSorted((a, b) => b - a);
  const folders = [
    ...newestFirst.map((version) => path.join(DEBIAN, String(version), "bin")),
    ...(process.env["PATH"] ?? "").split(path.delimiter),
  ];
  return folders.find((folder) => COMMANDS.every((command) => existsSync(path.join(folder, command)))) ?? null;
}

function unprivileged(): Owner {
  if (process.getuid?.() !== 0) return null;
  const idOf = (flag: string): number => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  return { uid: idOf("-u"), gid: idOf("-g") };
}
