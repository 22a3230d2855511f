import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { EngineError } from "./engine-error.ts";

/** A file that must be exactly what was written down. */
export interface Pinned {
  readonly file: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/**
 * The bytes of a pinned file; those that were hashed are those that are used.
 * @throws {EngineError} `modelMissing` or `modelChanged`, naming file and hash
 */
export async function readPinned(folder: string, pinned: Pinned): Promise<Uint8Array> {
  // A file of an operator's own names its whole path.
  const path = resolve(folder, pinned.file);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new EngineError(
      "modelMissing",
      `model file ${path} (sha256 ${pinned.sha256}) cannot be read: run \`npm run models\`, or see the README beside it`,
      { cause },
    );
  });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 !== pinned.sha256) {
    throw new EngineError(
      "modelChanged",
      `model file ${path} has ${bytes.length} bytes and sha256 ${sha256}, wanted ${pinned.bytes} bytes and ${pinned.sha256}`,
    );
  }
  return bytes;
}
