import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DATABASE_FILE, inspectPostgres } from "@sameface/server";
import { type Finding, ill, messageOf, well } from "./finding.ts";

/** The data folder: there or to be made, writable, closed to others. */
export async function checkDataFolder(folder: string): Promise<Finding> {
  const there = await stat(folder).catch(() => null);
  const writable = there === null ? path.dirname(path.resolve(folder)) : folder;
  try {
    await access(writable, constants.W_OK);
  } catch {
    return ill("data folder", `${writable} is not writable`, "Change its owner, or set SAMEFACE_DATA.");
  }
  if (there === null) return well("data folder", `${folder} will be made at the first start`);
  const open = (there.mode & 0o077) !== 0;
  return open
    ? ill("data folder", `${folder} is open to other users`, `chmod 700 ${folder}`)
    : well("data folder", folder);
}

/** The database: SQLite's own quick check, on a connection that can't write. */
export async function checkDatabase(folder: string): Promise<Finding> {
  const file = path.join(folder, DATABASE_FILE);
  if ((await stat(file).catch(() => null)) === null) return well("database", "none yet; made at the first start");
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      const row = database.prepare("PRAGMA quick_check(1)").get();
      const verdict = String(Object.values(row ?? {})[0]);
      return verdict === "ok"
        ? well("database", file)
        : ill("database", verdict, "Stop the server and restore a backup; keep the file for analysis.");
    } finally {
      database.close();
    }
  } catch (error) {
    return ill("database", messageOf(error), "Run doctor as the server's user.");
  }
}

/** PostgreSQL: it answers, is not too old, and what the next start will do to its schema. */
export async function checkPostgres(url: string): Promise<Finding> {
  try {
    const { name, version, pending } = await inspectPostgres(url);
    const schema = pending.length === 0 ? "schema up to date" : `the next start applies ${pending.join(", ")}`;
    return well("database", `${name}, PostgreSQL ${version}, ${schema}`);
  } catch (error) {
    return ill("database", messageOf(error), "Start it, or correct SAMEFACE_DATABASE_URL.");
  }
}
