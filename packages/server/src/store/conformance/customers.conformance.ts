import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  ALL,
  AUDIT,
  decide,
  enrol,
  everyPage,
  mustRead,
  newId,
  type OpenStore,
  openBench,
  random,
  refOf,
  TENANT,
} from "./bench.fixture.ts";

const REF = refOf("ann");

export function customerConformance(open: OpenStore): void {
  describe("customers", () => {
    it("makes a customer at the first enrolment and replaces all templates at the next", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const template = { interviewId: newId(), embedderId: "e1", sealed: random.bytes(99), imageDigest: "d1" };
      const enrolment = {
        ...REF,
        consent: { reference: "c", atMs: 5 },
        template,
        mode: "replace",
        maxTemplates: 5,
      } as const;
      const created = await store.enrol({ ...enrolment, revision: "r1", audit: AUDIT });
      const atMs = bench.nowMs();
      assert.deepEqual(created, { kind: "created", enrolledAtMs: atMs });
      assert.deepEqual(await store.readCustomer(REF), {
        tenantId: TENANT,
        customerId: "ann",
        revision: "r1",
        consent: { reference: "c", atMs: 5 },
        block: null,
        templates: [{ ...template, enrolledAtMs: atMs }],
        consecutiveFailures: 0,
        lastFailureAtMs: null,
        createdAtMs: atMs,
        enrolledAtMs: atMs,
      });
      bench.advance(10);
      const again = { ...enrolment, template: { ...template, interviewId: newId() }, consent: { reference: "c2" } };
      assert.equal((await store.enrol({ ...again, revision: "r2", audit: AUDIT })).kind, "replaced");
      const customer = await mustRead(bench, REF);
      assert.deepEqual(
        customer.templates.map((one) => one.interviewId),
        [again.template.interviewId],
      );
      assert.deepEqual([customer.createdAtMs, customer.enrolledAtMs], [atMs, atMs + 10]);
      assert.deepEqual([customer.revision, customer.consent], ["r2", { reference: "c2", atMs: atMs + 10 }]);
    });

    it("adds templates up to the limit, and none to an unknown customer", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const template = { interviewId: newId(), embedderId: "e1", sealed: random.bytes(9), imageDigest: "d1" };
      const add = {
        ...REF,
        consent: { reference: "c" },
        template,
        mode: "add",
        maxTemplates: 2,
        audit: AUDIT,
      } as const;
      assert.deepEqual(await store.enrol({ ...add, revision: "r" }), { kind: "unknownCustomer" });
      assert.equal(await store.readCustomer(REF), null);
      await enrol(bench, REF);
      assert.equal((await store.enrol({ ...add, revision: "r3" })).kind, "added");
      assert.deepEqual(await store.enrol({ ...add, revision: "r4" }), { kind: "tooManyTemplates" });
      const customer = await mustRead(bench, REF);
      assert.deepEqual([customer.templates.length, customer.revision], [2, "r3"]);
    });

    it("blocks and unblocks a customer, with a new revision each time, and nobody unknown", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      assert.equal(await store.block({ ...REF, reason: "x", revision: "r", audit: AUDIT }), false);
      assert.equal(await store.unblock({ ...REF, revision: "r", audit: AUDIT }), false);
      await enrol(bench, REF);
      assert.equal(await store.block({ ...REF, reason: "stolen phone", revision: "r2", audit: AUDIT }), true);
      const blocked = await mustRead(bench, REF);
      assert.deepEqual(blocked.block, { reason: "stolen phone", blockedAtMs: bench.nowMs() });
      assert.equal(blocked.revision, "r2");
      assert.equal(await store.unblock({ ...REF, revision: "r3", audit: AUDIT }), true);
      const free = await mustRead(bench, REF);
      assert.deepEqual([free.block, free.revision], [null, "r3"]);
    });

    it("keeps the block over a re-enrolment", async () => {
      await using bench = await openBench(open);
      await enrol(bench, REF);
      await bench.store.block({ ...REF, reason: "x", revision: newId(), audit: AUDIT });
      await enrol(bench, REF);
      assert.equal((await mustRead(bench, REF)).block?.reason, "x");
    });

    it("counts consecutive failures with the decisions, and an unlock sets them to zero", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      assert.equal(await store.unlock({ ...REF, audit: AUDIT }), false);
      const readRevision = await enrol(bench, REF);
      const failure = { scope: "customer", subject: REF.subject, change: "failure" } as const;
      const fails = { ref: REF, readRevision, counters: [failure] };
      await Promise.all(Array.from({ length: 7 }, async () => await decide(bench, fails)));
      assert.equal((await mustRead(bench, REF)).consecutiveFailures, 7);
      await decide(bench, { ref: REF, readRevision, counters: [{ ...failure, change: "reset" }] });
      assert.equal((await mustRead(bench, REF)).consecutiveFailures, 0);
      await decide(bench, fails);
      await decide(bench, { ref: REF, readRevision, counters: [{ ...failure, scope: "source" }] });
      assert.equal((await mustRead(bench, REF)).consecutiveFailures, 1);
      assert.equal(await store.unlock({ ...REF, audit: AUDIT }), true);
      assert.equal((await mustRead(bench, REF)).consecutiveFailures, 0);
    });

    it("lists customers page by page and skips none while others are enrolled", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const standing = Array.from({ length: 9 }, (_, n) => `customer-${n}`);
      for (const id of standing) await enrol(bench, refOf(id));
      // One behind the cursor and one before it, page after page.
      const newcomers = ["0-new", "8-new", "1-new", "7-new", "3-new", "6-new"].map((name) => `customer-${name}`);
      const all = await everyPage(
        async (after) => await store.listCustomers({ tenantId: TENANT, after, limit: 2, needsEnrolment: null }),
        async () => {
          const id = newcomers.pop();
          if (id !== undefined) await enrol(bench, refOf(id));
        },
      );
      const ids = all.map((customer) => customer.customerId);
      assert.equal(new Set(ids).size, ids.length);
      assert.deepEqual(
        ids.filter((id) => !id.includes("new")),
        standing,
      );
    });

    it("lists those that have no template of an embedder", async () => {
      await using bench = await openBench(open);
      await enrol(bench, refOf("old"), { embedderId: "e1" });
      await enrol(bench, refOf("new"), { embedderId: "e2" });
      await enrol(bench, refOf("both"), { embedderId: "e1" });
      await enrol(bench, refOf("both"), { embedderId: "e2", mode: "add" });
      const page = await bench.store.listCustomers({ tenantId: TENANT, ...ALL, needsEnrolment: { embedderId: "e2" } });
      assert.deepEqual(
        page.items.map((customer) => customer.customerId),
        ["old"],
      );
    });
  });
}
