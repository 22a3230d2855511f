import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { OutsideTombstones, Tombstone } from "./queries/tombstones.ts";
import { StoreError } from "./store-error.ts";

/**
 * `<data folder>.tombstones`: keyed hashes of whom was erased, one JSON line each, only ever appended to. It lies beside
 * the folder, so that it outlives the database and any backup of it (F46). With PostgreSQL each node keeps its own.
 */
export function tombstoneFile(folder: string): OutsideTombstones {
  const file = `${resolve(folder)}.tombstones`;
  return {
    all: () => read(file).split("\n").flatMap(parse),
    append: (tombstones) => {
      try {
        // With nothing to note, too: a file that can't be written is found at the start, not at an erasure.
        mkdirSync(dirname(file), { recursive: true });
        appendFlushed(file, tombstones.map((one) => `\n${JSON.stringify(one)}`).join(""));
      } catch (cause) {
        throw new StoreError(
          "unavailable",
          `${file} can't be written, and an erasure must outlive every backup: set SAMEFACE_DATA`,
          {
            cause,
          },
        );
      }
    },
  };
}

function read(file: string): string {
  try {
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  } catch (cause) {
    throw new StoreError("unavailable", `${file} can't be read, and whom it names must stay erased`, { cause });
  }
}

function appendFlushed(file: string, text: string): void {
  const descriptor = openSync(file, "a", 0o600);
  try {
    // Begins with a line break: a line that a kill cut short must not swallow the next one.
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A line cut short says nothing: its receipt was never told, and the database has it still. */
function parse(line: string): readonly Tombstone[] {
  try {
    const { tenantId, subject, receiptId, erasedAtMs } = JSON.parse(line) as Record<keyof Tombstone, unknown>;
    if (typeof tenantId !== "string" || typeof subject !== "string") return [];
    if (typeof receiptId !== "string" || typeof erasedAtMs !== "number") return [];
    return [{ tenantId, subject, receiptId, erasedAtMs }];
  } catch {
    return [];
  }
}
