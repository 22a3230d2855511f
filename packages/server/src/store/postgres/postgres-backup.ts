import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, renameSync, rmSync } from "node:fs";
import pg from "pg";
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import { StoreError } from "../store-error.ts";
import { connectOptions, nameOfDatabase } from "./connect-options.ts";
import { createPostgresStore } from "./create-postgres-store.ts";
import { connectionLimits } from "./postgres-connection.ts";

/**
 * Writes the database into one new file with `pg_dump`, also while nodes work on it.
 * @throws {StoreError} `conflict` where the file stands already, `unavailable`
 */
export async function backUpPostgres({ url, file }: { readonly url: string; readonly file: string }): Promise<void> {
  if (existsSync(file)) throw new StoreError("conflict", `${file} stands already: name a new file`);
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  try {
    await run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", `--file=${partial}`], url);
    // Only what is whole bears the name.
    renameSync(partial, file);
  } finally {
    rmSync(partial, { force: true });
  }
}

/**
 * Puts a dump into the database with `pg_restore`, all or nothing, and erases again whom this node knows to be erased.
 * @returns how many that were
 * @throws {StoreError} `folderInUse` while others are connected, `conflict` where tables may not give way, `unavailable`
 */
export async function restorePostgres(options: {
  readonly url: string;
  readonly folder: string;
  readonly file: string;
  readonly replace: boolean;
  readonly clock: Clock;
  readonly random: Random;
}): Promise<{ readonly erasedAgain: number }> {
  const { url, file, replace } = options;
  if (!existsSync(file)) throw new StoreError("unavailable", `${file} is not there`);
  const name = nameOfDatabase(url);
  const [others = 0, there] = await numbers(url, [
    OTHERS,
    "select count(*) from pg_tables where tablename = 'migrations'",
  ]);
  if (others > 0) throw new StoreError("folderInUse", `${name} has ${others} other connections: stop all nodes first`);
  if (there !== 0 && !replace) {
    throw new StoreError("conflict", `${name} holds tables of sameface: --replace puts the dump in their place`);
  }
  const mode = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction"];
  await run("pg_restore", [...mode, "--dbname=", file], url);
  const [before = 0] = await numbers(url, [RESTORED]);
  // Whoever opens the store has the erasures done again before anything else.
  const store = await createPostgresStore(options);
  await store.close();
  const [after = 0] = await numbers(url, [RESTORED]);
  return { erasedAgain: after - before };
}

const OTHERS = `select count(*) from pg_stat_activity
  where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`;
const RESTORED = "select count(*) from audit where actor = 'restore'";

async function numbers(url: string, queries: readonly string[]): Promise<readonly number[]> {
  const client = new pg.Client({ ...connectionLimits(), ...connectOptions(url) });
  try {
    await client.connect();
    const answers: number[] = [];
    for (const query of queries) answers.push((await client.query<{ count: number }>(query)).rows[0]?.count ?? 0);
    return answers;
  } catch (cause) {
    throw new StoreError("unavailable", `${nameOfDatabase(url)} can't be used`, { cause });
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Runs a tool of PostgreSQL on the database; the password is in its environment, where no list of processes shows it. */
async function run(tool: string, args: readonly string[], url: string): Promise<void> {
  const { address, password } = withoutPassword(url);
  const told = args.includes("--dbname=")
    ? args.map((arg) => (arg === "--dbname=" ? `--dbname=${address}` : arg))
    : [...args, `--dbname=${address}`];
  const { PATH = "" } = process.env;
  const child = spawn(tool, told, {
    env: { PATH, ...(password === "" ? {} : { PGPASSWORD: password }) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = `${said}${text}`.slice(0, 2_000);
  });
  const [code] = (await once(child, "close").catch(() => {
    throw new StoreError("unavailable", `${tool} is not on the PATH: it comes with PostgreSQL's client`);
  })) as [number | null];
  if (code === 0) return;
  const [line = ""] = said.split("\n").filter((one) => one.includes("error"));
  throw new StoreError("unavailable", `${tool} failed on ${nameOfDatabase(url)}: ${line}`);
}

/** As libpq reads it; whoever encrypts verifies, as the server itself does. */
function withoutPassword(url: string): { readonly address: string; readonly password: string } {
  const [, scheme = "", user = "", rest = ""] = /^([a-z]+:\/\/)(?:([^/?]*)@)?(.*)$/.exec(url) ?? [];
  const [name = "", ...secret] = user.split(":");
  const address = `${scheme}${name === "" ? "" : `${name}@`}${rest}`.replace(
    /([?&]sslmode=)(require|verify-ca)/,
    "$1verify-full",
  );
  return { address, password: decodeURIComponent(secret.join(":")) };
}
