import { join } from "node:path";
import { EngineError } from "./engine-error.ts";
import { hasExternalData } from "./external-data.ts";
import { type Heads, loadHeads, NO_HEADS } from "./heads/load-heads.ts";
import { MODEL_ROLES, MODEL_TABLE, type ModelRole, type ModelRow, type ModelTable } from "./model-table.ts";
import { readPinned } from "./read-pinned.ts";
import { loadRuntime, type Runtime } from "./runtime.ts";
import { openSession, type Session } from "./session.ts";

/** What {@link measure} runs: one session per role, and the table that the sessions were opened from. */
export interface Models extends Readonly<Record<ModelRole, Session>> {
  readonly table: ModelTable;
  readonly heads: Heads;
}

/**
 * Reads, checks and opens every model of the table. Each file is read once: the bytes that were hashed are the bytes
 * that are loaded.
 * @param folder where the files lie
 * @param options `heads: false` for what trains them
 * @throws {EngineError} `modelMissing`, `modelChanged` (size or sha256), `modelExternalData`, or `startFailed` when the
 * runtime does not take a checked file; each names the file and the hash.
 */
export async function loadModels(
  folder: string,
  options?: { readonly table?: ModelTable; readonly runtime?: Runtime; readonly heads?: boolean },
): Promise<Models> {
  const table = options?.table ?? MODEL_TABLE;
  const bytes = await readAll(folder, table);
  const heads = options?.heads === false ? NO_HEADS : await loadHeads(table);
  const runtime = options?.runtime ?? (await loadRuntime());
  // One after another: five at once compete for the same cores and start no sooner.
  const detector = await openSession(table.detector, { bytes: bytes.detector, runtime });
  const landmarks = await openSession(table.landmarks, { bytes: bytes.landmarks, runtime });
  const embedder = await openSession(table.embedder, { bytes: bytes.embedder, runtime });
  const liveness = await openSession(table.liveness, { bytes: bytes.liveness, runtime });
  const pose = await openSession(table.pose, { bytes: bytes.pose, runtime });
  const eyes = await openSession(table.eyes, { bytes: bytes.eyes, runtime });
  return { table, heads, detector, landmarks, embedder, liveness, pose, eyes };
}

async function readAll(folder: string, table: ModelTable): Promise<Record<ModelRole, Uint8Array>> {
  const entries = await Promise.all(
    MODEL_ROLES.map(async (role) => [role, await readChecked(folder, table[role])] as const),
  );
  // Object.fromEntries forgets its keys; MODEL_ROLES names each role once.
  return Object.fromEntries(entries) as Record<ModelRole, Uint8Array>;
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
