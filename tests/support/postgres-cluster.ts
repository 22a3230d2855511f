import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { descendants } from "./process-tree.ts";

/** A PostgreSQL of its own in a temporary folder, on a unix socket there. */
export interface PostgresCluster {
  /** Where its socket is. */
  readonly folder: string;
  /** `postgres://…` of its one empty database. */
  readonly url: string;
  start(): Promise<void>;
  /** `immediate`: as a crash; `fast`: in order. */
  stop(mode: "immediate" | "fast"): Promise<void>;
  /** SIGKILL to all of its processes, which nothing of it outlives. */
  kill(): void;
  /** Makes the standby a server that writes. */
  promote(): Promise<void>;
  /** Runs one statement by `psql`, and answers what it prints. */
  sql(statement: string): string;
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

/** How to make one. */
export interface ClusterOptions {
  /** Where its files are to lie; absent: a new temporary folder. */
  readonly folder?: string;
  /** Where its tables are to lie, apart from its write-ahead log, which it can't live without. */
  readonly data?: string;
  /** As in `postgresql.conf`, over those for tests. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The folder of the server of which it becomes a streaming standby, under the name "standby"; absent: of none. */
  readonly standbyOf?: string;
}

/** Makes and starts a cluster; as root its processes are those of an unprivileged user, since PostgreSQL refuses root. */
export async function startPostgresCluster(options: ClusterOptions = {}): Promise<PostgresCluster> {
  const bin = findBinaries();
  if (bin === null)
    throw new Error(`no PostgreSQL ${OLDEST} or newer is installed: neither on the PATH nor in ${DEBIAN}`);
  const folder = options.folder ?? (await mkdtemp(path.join(tmpdir(), "sameface-pg-")));
  const owner = unprivileged();
  for (const own of [folder, options.data ?? folder]) if (owner !== null) chownSync(own, owner.uid, owner.gid);
  const data = path.join(options.data ?? folder, "data");
  const run = runnerIn(folder, { bin, owner });
  await makeData(run, { ...options, folder, data, apart: options.data !== undefined });
  const settings = { ...FOR_TESTS, unix_socket_directories: folder, ...options.settings };
  const control = async (...args: readonly string[]): Promise<void> => {
    await run("pg_ctl", ["-D", data, "-w", "-t", "60", ...args]);
  };
  const start = async (): Promise<void> => {
    await control("-l", path.join(folder, "log"), "-o", tell(settings), "start");
  };
  const stop = async (mode: "immediate" | "fast"): Promise<void> => {
    await control("-m", mode, "stop");
  };
  await start();
  if (options.standbyOf === undefined) await run("createdb", ["-h", folder, "-U", USER, USER]);
  return {
    folder,
    url: `postgres://${USER}@/${USER}?host=${folder}`,
    start,
    stop,
    kill: killAll.bind(null, path.join(data, PID_FILE)),
    promote: async () => {
      await control("promote");
    },
    sql: (statement) =>
      execFileSync(path.join(bin, "psql"), ["-h", folder, "-U", USER, "-Atc", statement], { encoding: "utf8" }).trim(),
    close: async () => {
      if (existsSync(path.join(data, PID_FILE))) await stop("immediate");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const tell = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `-c ${name}='${value}'`)
    .join(" ");

const PID_FILE = "postmaster.pid";

function killAll(pidFile: string): void {
  const pid = Number(readFileSync(pidFile, "utf8").split("\n", 1)[0]);
  for (const one of [pid, ...descendants(pid)]) kill(one);
  rmSync(pidFile);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (fault) {
    // It has ended by itself: a backend does as soon as the first of them is gone.
    if ((fault as NodeJS.ErrnoException).code !== "ESRCH") throw fault;
  }
}

type Run = ReturnType<typeof runnerIn>;

async function makeData(
  run: Run,
  where: { readonly folder: string; readonly data: string; readonly apart: boolean; readonly standbyOf?: string },
): Promise<void> {
  const { folder, data, apart, standbyOf } = where;
  if (standbyOf !== undefined) {
    const primary = `host=${standbyOf} user=${USER} application_name=standby`;
    await run("pg_basebackup", ["-D", data, "-R", "-c", "fast", "-d", primary]);
    return;
  }
  const log = apart ? ["-X", path.join(folder, "wal")] : [];
  await run("initdb", ["-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", ...log]);
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

const COMMANDS = ["initdb", "pg_ctl", "createdb", "pg_basebackup", "psql"];

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
