import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { DrawnSample, DrawOrder } from "./draw-samples.ts";

/**
 * Draws and looks at every person, in as many workers as there are cores.
 * @returns in the order of the seeds, whatever the number of workers
 */
export async function drawAll(seeds: readonly number[]): Promise<readonly DrawnSample[]> {
  const workers = Math.max(1, Math.min(availableParallelism(), seeds.length));
  const shares = await Promise.all(
    Array.from({ length: workers }, (_, w) => inWorker({ seeds: seeds.filter((_seed, i) => i % workers === w) })),
  );
  return shares.flat().sort((a, b) => a.seed - b.seed);
}

async function inWorker(order: DrawOrder): Promise<readonly DrawnSample[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly DrawnSample[]>();
  const worker = new Worker(new URL("./draw-samples.ts", import.meta.url), { workerData: order });
  worker.once("message", resolve);
  worker.once("error", reject);
  return await promise;
}
