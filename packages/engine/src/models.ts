import type { Heads } from "./heads/load-heads.ts";
import type { ModelRole, ModelTable } from "./model-table.ts";
import type { PreparedModels } from "./prepare-models.ts";
import type { Runtime } from "./runtime.ts";
import { openSession, type Session } from "./session.ts";

/** What {@link measure} runs: one session per role, and the table that the sessions were opened from. */
export interface Models extends Readonly<Record<ModelRole, Session>> {
  readonly table: ModelTable;
  readonly heads: Heads;
}

/**
 * Opens every model of a table.
 * @throws {EngineError} `startFailed` when the runtime does not take a checked file; it names the file and the hash.
 */
export async function openModels(
  { graphs, heads }: PreparedModels,
  { table, runtime }: { readonly table: ModelTable; readonly runtime: Runtime },
): Promise<Models> {
  // One after another: five at once compete for the same cores and start no sooner.
  const detector = await openSession(table.detector, { graph: graphs.detector, runtime });
  const landmarks = await openSession(table.landmarks, { graph: graphs.landmarks, runtime });
  const embedder = await openSession(table.embedder, { graph: graphs.embedder, runtime });
  const liveness = await openSession(table.liveness, { graph: graphs.liveness, runtime });
  const pose = await openSession(table.pose, { graph: graphs.pose, runtime });
  const eyes = await openSession(table.eyes, { graph: graphs.eyes, runtime });
  return { table, heads, detector, landmarks, embedder, liveness, pose, eyes };
}
