// One of several threads that begin the same ids on one file; started by sqlite.test.ts.
import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { createSqliteStore } from "./sqlite.ts";

/** What a thread is given. `gate` holds one 32-bit number: threads that are ready. */
export interface RaceInput {
  readonly file: string;
  readonly threads: number;
  readonly ids: readonly string[];
  readonly gate: SharedArrayBuffer;
}

const { file, threads, ids, gate } = workerData as RaceInput;
const store = createSqliteStore(new DatabaseSync(file, { timeout: 10_000 }));
const ready = new Int32Array(gate);
if (Atomics.add(ready, 0, 1) + 1 === threads) Atomics.notify(ready, 0);
for (let there = Atomics.load(ready, 0); there < threads; there = Atomics.load(ready, 0)) {
  Atomics.wait(ready, 0, there, 1000);
}
const first: string[] = [];
for (const id of ids) {
  const begun = await store.begin({ id, bodyHash: "aa", leaseMs: 60_000 });
  if (begun.kind === "first") first.push(id);
}
parentPort?.postMessage(first);
