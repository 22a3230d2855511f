import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { StoreError } from "../store-error.ts";

/**
 * Makes a folder that nobody else can enter (S33), or shuts one of ours that stands open.
 * @throws {StoreError} `unavailable`: it can't be made, or it is open and holds what is not ours
 */
export function makePrivateFolder(folder: string): void {
  try {
    if (!existsSync(folder)) makeFolder(folder);
    if ((statSync(folder).mode & 0o077) === 0) return;
    if (readdirSync(folder).every(isOurs)) chmodSync(folder, 0o700);
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    throw new StoreError("unavailable", `the data folder ${folder} can't be used (${reason}): set SAMEFACE_DATA`, {
      cause,
    });
  }
  // To shut a folder that others work in, such as /tmp, would lock them out.
  if ((statSync(folder).mode & 0o077) !== 0) {
    throw new StoreError(
      "unavailable",
      `the data folder ${folder} is open to other users and holds other files: name a folder of its own in SAMEFACE_DATA`,
    );
  }
}

/** One level after the other: Node's own recursive mkdir never returns where a file system takes no new folder (/proc). */
function makeFolder(folder: string): void {
  if (!existsSync(dirname(folder))) makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

function isOurs(name: string): boolean {
  return name.startsWith("sameface.");
}

/**
 * Makes a file that nobody else can read, before SQLite would make it readable by all; its journals take over the mode.
 * It must not be called for a file that this process has open in SQLite: closing any descriptor of it would drop the
 * locks (https://www.sqlite.org/howtocorrupt.html, 2.2).
 */
export function makePrivateFile(file: string): void {
  closeSync(openSync(file, "a", 0o600));
  chmodSync(file, 0o600);
}
