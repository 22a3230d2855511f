// A process of its own on the data folder named first, with the master key (base64) named second: runs replays and sends
// to loopback until it is killed, or ends in order on SIGTERM. Prints "open" when it has begun, and "idle" whenever
// it looked and nothing waits.
import { writeSync } from "node:fs";
import { createSqliteStore } from "../store/sqlite/create-sqlite-store.ts";
import { createVault } from "../vault/vault.ts";
import { realRandom } from "./claimed.fixture.ts";
import { realClock } from "./real-clock.fixture.ts";
import { createReplayRunner } from "./replay-runner.ts";
import { SEND_LIMITS } from "./send.ts";
import { loopbackSender } from "./sender.fixture.ts";
import { createDeliveryWorker, WORKER_LIMITS } from "./worker.ts";

const [folder = "", masterKey = ""] = process.argv.slice(2);
const world = { clock: realClock, random: realRandom };
const store = await createSqliteStore({ folder, ...world });
const vault = createVault({ masterKey: new Uint8Array(Buffer.from(masterKey, "base64")), random: realRandom });
const report = (): void => undefined;
// The worker asks when its claim came back empty: a lease that runs counts as something that waits.
const nextDueInMs = async (): Promise<number | null> => {
  const dueInMs = await store.nextDueInMs();
  if (dueInMs === null) writeSync(1, "idle\n");
  return dueInMs;
};
const sender = loopbackSender({ limits: SEND_LIMITS });
const send = { send: sender.send, version: "0", standardWaitsMs: null };
// A short lease: what the killed process had is to be sent again within the test.
const limits = { ...WORKER_LIMITS, leaseMs: 5_000 };
const worker = createDeliveryWorker({ store: { ...store, nextDueInMs }, vault, ...world, ...send, limits });
const replays = createReplayRunner({ store, ...world, report });
worker.start();
replays.start();
process.on("SIGTERM", () => {
  void Promise.all([worker.stop(), replays.stop()]).then(async () => {
    sender.close();
    await store.close();
  });
});
writeSync(1, "open\n");
