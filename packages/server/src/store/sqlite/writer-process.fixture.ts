// A process of its own that uses the data folder named first: `hold` says "open" and waits to be killed; `write` records
// decisions without end and prints the event id of each that was acknowledged; `commits N` records N one after another.
import { randomBytes } from "node:crypto";
import { writeSync } from "node:fs";
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import type { Store } from "../store.ts";
import { createSqliteStore } from "./create-sqlite-store.ts";

const TENANT = "tenant-a";
const AUDIT = { actor: "system", action: "test.done", target: "test:1", details: {} };
const newId = (): string => randomBytes(12).toString("hex");
const clock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};
const random: Random = { bytes: (length) => new Uint8Array(randomBytes(length)), fraction: () => 0.5 };

// Straight to the descriptor: what is printed must be out before the next kill.
const print = (line: string): void => void writeSync(1, `${line}\n`);

async function record(store: Store): Promise<string> {
  const customerId = newId();
  const eventId = newId();
  await store.recordDecision({
    tenantId: TENANT,
    customerId,
    subject: customerId,
    readRevision: null,
    authentication: {
      authenticationId: newId(),
      outcome: "unknown-customer",
      failure: "unknownCustomer",
      reason: null,
      transactionId: null,
      interviewId: null,
      details: "{}",
    },
    event: { eventId, body: Buffer.from(`{"customerId":"${customerId}"}`) },
    counters: [{ scope: "source", subject: "one source", change: "failure" }],
    guard: { keys: [], limits: { waitAfterFailures: 5, waitMs: 30_000, stopAfterFailures: 50 } },
    idempotency: null,
  });
  return eventId;
}

async function writeForEver(store: Store): Promise<void> {
  const endpointId = newId();
  await store.createEndpoint({
    tenantId: TENANT,
    endpointId,
    url: "https://receiver.example/",
    description: null,
    profile: "standard",
    outcomes: null,
    operator: false,
    sealedHeaders: null,
    authKind: null,
    sealedAuth: null,
    rateLimit: null,
    ordered: false,
    unverified: false,
    secrets: [],
    disabledReason: null,
    audit: AUDIT,
  });
  const caller = async (): Promise<never> => {
    for (;;) print(await record(store));
  };
  await Promise.all(Array.from({ length: 8 }, caller));
}

const [folder = "", task = "", count = "0"] = process.argv.slice(2);
const store = await createSqliteStore({ folder, clock, random });
await store.createTenant({ tenantId: TENANT, name: "Tenant A", audit: AUDIT });
print("open");
if (task === "write") await writeForEver(store);
if (task === "hold") setInterval(() => undefined, 60_000);
if (task === "commits") {
  for (let n = 0; n < Number(count); n += 1) await record(store);
  await store.close();
}
