import { fileURLToPath } from "node:url";
import { EngineError } from "../engine-error.ts";
import { CHECK_NAMES, type CheckName } from "../inspection.ts";
import { type ModelTable, modelIdOf } from "../model-table.ts";
import { readPinned } from "../read-pinned.ts";
import { HEAD_TABLE, type HeadRow, ROLE_OF_RUN } from "./head-table.ts";
import type { Head } from "./measure-attribute.ts";
import { lengthOf } from "./read-inputs.ts";

/** The head of each check; `null`: it was trained on another model, and says nothing of this one's tensors. */
export type Heads = Readonly<Record<CheckName, Head | null>>;

/** No check is evaluated. */
export const NO_HEADS: Heads = { mask: null, lenses: null, headCover: null };

// The heads are ours and stay with this package, wherever an operator keeps the models.
const HEADS_FOLDER = fileURLToPath(new URL("../../heads", import.meta.url));

/** Whether a head was trained on the models of a table. */
export function belongsTo(row: HeadRow, table: ModelTable): boolean {
  return row.inputs.every(({ run, modelId }) => modelId === modelIdOf(table[ROLE_OF_RUN[run]]));
}

/**
 * Reads and checks the heads that belong to the models.
 * @throws {EngineError} `modelMissing`, `modelChanged`
 */
export async function loadHeads(table: ModelTable): Promise<Heads> {
  const entries = await Promise.all(
    CHECK_NAMES.map(async (name) => {
      const row = HEAD_TABLE[name];
      return [name, belongsTo(row, table) ? await loadHead(row) : null] as const;
    }),
  );
  // Object.fromEntries forgets its keys; CHECK_NAMES names each check once.
  return Object.fromEntries(entries) as Record<CheckName, Head | null>;
}

async function loadHead(row: HeadRow): Promise<Head> {
  const bytes = await readPinned(HEADS_FOLDER, row);
  const count = row.inputs.reduce((sum, input) => sum + lengthOf(input), 0) + 1;
  if (bytes.length !== count * Float32Array.BYTES_PER_ELEMENT) {
    throw new EngineError("modelChanged", `head ${row.file} has ${bytes.length} bytes, wanted ${count} numbers`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Little-endian in the file, whatever the machine is.
  return { row, weights: Float32Array.from({ length: count }, (_, i) => view.getFloat32(i * 4, true)) };
}
