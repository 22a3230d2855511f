import { join } from "node:path";
import { EngineError } from "./engine-error.ts";
import { exposeTensors } from "./expose-tensors.ts";
import { hasExternalData } from "./external-data.ts";
import { fillBlocks } from "./fill-blocks.ts";
import { type Heads, loadHeads } from "./heads/load-heads.ts";
import { lowerPRelu } from "./lower-prelu.ts";
import { MODEL_ROLES, type ModelRole, type ModelRow, type ModelTable } from "./model-table.ts";
import { changeGraph } from "./onnx-graph.ts";
import { readPinned } from "./read-pinned.ts";

/** Everything out of files that a picture is measured by, ready to be opened. */
export interface PreparedModels {
  /** Of each role the model that the runtime is to load. */
  readonly graphs: Readonly<Record<ModelRole, Uint8Array>>;
  readonly heads: Heads;
}

/**
 * Reads and checks every file, and changes the graphs as the table says: done once for all children, for which it would
 * be a third of their start. Each file is read once: the bytes that were hashed are those that are handed on.
 * @param folder where the model files lie
 * @throws {EngineError} `modelMissing`, `modelChanged` (size or sha256) or `modelExternalData`; each names the file and
 * the hash.
 */
export async function prepareModels(folder: string, table: ModelTable): Promise<PreparedModels> {
  const [entries, heads] = await Promise.all([
    Promise.all(
      MODEL_ROLES.map(async (role) => [role, graphBytes(table[role], await readChecked(folder, table[role]))] as const),
    ),
    loadHeads(table),
  ]);
  // Object.fromEntries forgets its keys; MODEL_ROLES names each role once.
  return { heads, graphs: Object.fromEntries(entries) as Record<ModelRole, Uint8Array> };
}

/** The bytes of one model file, exactly as the row pins them. */
async function readChecked(folder: string, row: ModelRow): Promise<Uint8Array> {
  const bytes = await readPinned(folder, row);
  if (namesOtherFiles(bytes)) {
    throw new EngineError(
      "modelExternalData",
      `model file ${join(folder, row.file)} (sha256 ${row.sha256}) keeps its numbers in another file, or is not ONNX: refused`,
    );
  }
  return bytes;
}

function namesOtherFiles(bytes: Uint8Array): boolean {
  try {
    return hasExternalData(bytes);
  } catch {
    return true; // What cannot be read cannot be shown to be free of external data.
  }
}

/** The model that is loaded of a row's file: changed as the row says, and with its inner tensors as further outputs. */
export function graphBytes(row: ModelRow, file: Uint8Array): Uint8Array {
  const outputs = row.outputs.map((output) => output.name);
  const inner = row.outputs.filter((output) => output.inner === true).map((output) => output.name);
  const changed = row.fillBlocks === true ? changeGraph(file, (graph) => lowerPRelu(fillBlocks(graph, outputs))) : file;
  return exposeTensors(changed, inner);
}
