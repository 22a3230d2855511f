import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StoreError } from "../store-error.ts";
import { makePrivateFile } from "./private-files.ts";
import { isBusy } from "./sqlite-fault.ts";

// A process that was killed with its parent may outlive it by a moment; a restart right after it shall get in.
const PREDECESSOR_MS = 2_000;

/**
 * Takes the data folder for this process: an exclusive transaction held open on a small database. The kernel frees it
 * when the process dies, so there is no stale pid to guess about (reliability.md §0, rule 4).
 * @returns the way to give it back
 * @throws {StoreError} `folderInUse`, naming the folder
 */
export function lockFolder(folder: string): () => void {
  const file = join(folder, "sameface.lock");
  makePrivateFile(file);
  const database = new DatabaseSync(file, { timeout: PREDECESSOR_MS });
  try {
    database.exec("begin exclusive");
  } catch (cause) {
    database.close();
    if (!isBusy(cause)) throw cause;
    throw new StoreError("folderInUse", `another sameface process uses the data folder ${folder}`, { cause });
  }
  return () => {
    database.close();
  };
}
