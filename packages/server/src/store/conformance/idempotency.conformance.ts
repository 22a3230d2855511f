import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { IdempotentStart } from "../store.ts";
import {
  ALL,
  AUDIT,
  addEndpoint,
  type Bench,
  decide,
  newDecision,
  newId,
  type OpenStore,
  openBench,
  recorded,
  refOf,
  TENANT,
} from "./bench.fixture.ts";

const REF = refOf("ann");
const ANSWER = { status: 200, body: Buffer.from('{"outcome":"passed"}') };

async function begin({ store }: Bench, change: object = {}): Promise<IdempotentStart> {
  const where = { tenantId: TENANT, key: "key-1", requestHash: "hash-1", subject: REF.subject, leaseMs: 5000 };
  return await store.beginIdempotent({ ...where, ...change });
}

const decisionWith = (key: string): ReturnType<typeof newDecision> =>
  newDecision(REF, { idempotency: { key, answer: ANSWER } });

export function idempotencyConformance(open: OpenStore): void {
  describe("repeated requests", () => {
    it("lets one of 50 concurrent submits with one key run, and answers the others with its answer later", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench);
      const submit = async (): Promise<string> => {
        const start = await begin(bench);
        if (start.kind === "started") await decide(bench, decisionWith("key-1"));
        return start.kind;
      };
      const kinds = await Promise.all(Array.from({ length: 50 }, submit));
      assert.equal(kinds.filter((kind) => kind === "started").length, 1);
      assert.ok(kinds.every((kind) => kind === "started" || kind === "running" || kind === "done"));
      const later = await begin(bench);
      assert.ok(later.kind === "done");
      assert.deepEqual([later.answer.status, Buffer.from(later.answer.body)], [200, ANSWER.body]);
      assert.equal((await bench.store.listEvents({ tenantId: TENANT, ...ALL })).items.length, 1);
    });

    it("tells another request under the same key, while the first runs and after it", async () => {
      await using bench = await openBench(open);
      await begin(bench);
      assert.deepEqual(await begin(bench, { requestHash: "hash-2" }), { kind: "otherRequest" });
      await decide(bench, decisionWith("key-1"));
      assert.deepEqual(await begin(bench, { requestHash: "hash-2" }), { kind: "otherRequest" });
    });

    it("keeps keys of two tenants apart", async () => {
      await using bench = await openBench(open);
      assert.equal((await begin(bench)).kind, "started");
      assert.equal((await begin(bench, { tenantId: "tenant-b", requestHash: "hash-2" })).kind, "started");
    });

    it("frees a key whose request was refused without a decision, never one that was answered", async () => {
      await using bench = await openBench(open);
      await begin(bench);
      await bench.store.abandonIdempotent({ tenantId: TENANT, key: "key-1" });
      assert.equal((await begin(bench, { requestHash: "hash-2" })).kind, "started");
      await decide(bench, decisionWith("key-1"));
      await bench.store.abandonIdempotent({ tenantId: TENANT, key: "key-1" });
      assert.equal((await begin(bench, { requestHash: "hash-2" })).kind, "done");
    });

    it("takes over from a run that died, once, and answers the dead one's late decision with the other's", async () => {
      await using bench = await openBench(open);
      await begin(bench);
      bench.advance(4999);
      assert.equal((await begin(bench)).kind, "running");
      bench.advance(1);
      const kinds = await Promise.all(Array.from({ length: 10 }, async () => (await begin(bench)).kind));
      assert.deepEqual(kinds.toSorted(), [...Array.from({ length: 9 }, () => "running"), "started"]);
      recorded(await bench.store.recordDecision(decisionWith("key-1")));
      const late = await bench.store.recordDecision(decisionWith("key-1"));
      assert.ok(late.kind === "alreadyDecided");
      assert.deepEqual(Buffer.from(late.answer.body), ANSWER.body);
      assert.equal((await bench.store.listEvents({ tenantId: TENANT, ...ALL })).items.length, 1);
    });

    it("keeps no answer of a decision that was not written", async () => {
      await using bench = await openBench(open);
      await begin(bench);
      const decision = { ...decisionWith("key-1"), readRevision: newId() };
      assert.equal((await bench.store.recordDecision(decision)).kind, "customerChanged");
      assert.equal((await begin(bench)).kind, "running");
    });

    it("forgets the answers about an erased customer and keeps the place of a run under way", async () => {
      await using bench = await openBench(open);
      await begin(bench);
      await decide(bench, decisionWith("key-1"));
      await begin(bench, { key: "key-2" });
      await bench.store.eraseCustomer({ ...REF, receiptId: newId(), audit: AUDIT });
      assert.equal((await begin(bench, { requestHash: "hash-9" })).kind, "started");
      assert.equal((await begin(bench, { key: "key-2" })).kind, "running");
    });
  });
}
