import type pg from "pg";
import { StoreError } from "../store-error.ts";
import { sqlState, toStoreError } from "./postgres-fault.ts";

const OLDEST_VERSION = 150_000;

/** A database that can be used. */
export interface CheckedServer {
  /** As the server tells it: `15.8`. */
  readonly version: string;
  readonly schema: string;
}

/** @throws {StoreError} `unavailable` for a version that is too old, or no schema */
export async function checkServer(client: pg.Client, name: string): Promise<CheckedServer> {
  const { rows } = await client.query<{ number: number; version: string; schema: string | null }>(
    `select current_setting('server_version_num')::int as number, split_part(current_setting('server_version'), ' ', 1) as version,
      current_schema() as schema`,
  );
  const [{ number, version, schema } = { number: 0, version: "", schema: null }] = rows;
  if (number < OLDEST_VERSION) {
    throw new StoreError("unavailable", `the database ${name} is older than PostgreSQL 15: upgrade it`);
  }
  if (schema === null) {
    throw new StoreError("unavailable", `the database ${name} has no schema to use: create the one of its search_path`);
  }
  return { version, schema };
}

/** Why the database can't be used, and the mend, in one line without the address's user and password. */
export function refusal(cause: unknown, name: string): StoreError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "no code";
  return new StoreError(
    "unavailable",
    `the database ${name} ${WHY[sqlState(cause) ?? ""] ?? `can't be used (${code})`}`,
    {
      cause: toStoreError(cause),
    },
  );
}

const WHY: Readonly<Record<string, string>> = {
  "28P01": "refuses the password: correct SAMEFACE_DATABASE_URL",
  "28000": "refuses the user: correct SAMEFACE_DATABASE_URL, or its pg_hba.conf",
  "3D000": "does not exist: create it, or correct SAMEFACE_DATABASE_URL",
  "42501":
    "does not let its user read its tables: run deploy/postgres/roles.sql as their owner, or grant create on its schema",
  "53300": "has no connection left: raise max_connections",
  "57P03": "is starting or stopping: try again",
};
