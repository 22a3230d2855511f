import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";

/** Makes a folder that nobody else can enter (S33), or shuts one that stands. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // mkdir leaves a folder that stands as it is.
  chmodSync(folder, 0o700);
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
