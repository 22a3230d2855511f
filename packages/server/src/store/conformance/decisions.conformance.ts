import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { StoreError } from "../store-error.ts";
import {
  ALL,
  AUDIT,
  addEndpoint,
  type Bench,
  claim,
  decide,
  enrol,
  everyPage,
  mustRead,
  newDecision,
  newId,
  type OpenStore,
  openBench,
  recorded,
  refOf,
  states,
  TENANT,
} from "./bench.fixture.ts";

const REF = refOf("ann");
const LIST = { tenantId: TENANT, customerId: null, outcome: null, ...ALL } as const;

async function counts({ store }: Bench): Promise<readonly number[]> {
  const authentications = await store.listAuthentications(LIST);
  const events = await store.listEvents({ tenantId: TENANT, ...ALL });
  const filter = { endpointId: null, status: null, eventId: null };
  const deliveries = await store.listDeliveries({ tenantId: TENANT, ...filter, ...ALL });
  return [authentications.items.length, events.items.length, deliveries.items.length];
}

export function decisionConformance(open: OpenStore): void {
  describe("decisions", () => {
    it("reads the last decisions of a tenant with the bodies that told of them, newest first", async () => {
      await using bench = await openBench(open);
      const made = [];
      for (const id of ["a", "b", "c"]) {
        const decision = newDecision(refOf(id));
        recorded(await bench.store.recordDecision(decision));
        made.push(decision);
      }
      const last = await bench.store.readLastDecisions({ tenantId: TENANT, limit: 2 });
      assert.deepEqual(
        last.map(({ authentication, body }) => [authentication.authenticationId, body && Buffer.from(body)]),
        [made[2], made[1]].map((one) => [one?.authentication.authenticationId, one?.event.body]),
      );
      assert.deepEqual(await bench.store.readLastDecisions({ tenantId: "nobody", limit: 2 }), []);
    });

    it("writes the authentication, its event and one delivery per endpoint, and tells its listeners", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      await addEndpoint(bench);
      await addEndpoint(bench, { outcomes: ["passed"] });
      await addEndpoint(bench, { disabledReason: "unverified" });
      await addEndpoint(bench, { outcomes: ["passed"], disabledReason: "unverified" });
      let heard = 0;
      const stop = store.onDeliveriesDue(() => {
        heard += 1;
      });
      const decision = newDecision(REF);
      const result = recorded(await store.recordDecision(decision));
      assert.deepEqual(result, { kind: "recorded", deliveries: 4, createdAtMs: bench.nowMs() });
      assert.deepEqual((await states(bench)).toSorted(), [
        "held unverified",
        "pending",
        "skipped filtered",
        "skipped filtered",
      ]);
      const { authenticationId } = decision.authentication;
      assert.deepEqual(await store.readAuthentication({ tenantId: TENANT, authenticationId }), {
        ...decision.authentication,
        tenantId: TENANT,
        customerId: "ann",
        eventId: decision.event.eventId,
        createdAtMs: bench.nowMs(),
      });
      const event = await store.readEvent({ tenantId: TENANT, eventId: decision.event.eventId });
      assert.deepEqual(
        [event?.outcome, event?.authenticationId, event?.sequence, event?.test],
        ["unknown-customer", authenticationId, 1, false],
      );
      assert.deepEqual(Buffer.from(event?.body ?? []), decision.event.body);
      assert.equal(heard, 1);
      stop();
      await decide(bench);
      assert.equal(heard, 1);
    });

    it("tells no listener where nothing became due", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench, { outcomes: ["passed"] });
      await addEndpoint(bench, { disabledReason: "operator" });
      let heard = 0;
      bench.store.onDeliveriesDue(() => {
        heard += 1;
      });
      await decide(bench);
      assert.equal(heard, 0);
    });

    it("writes nothing where the customer was enrolled, blocked, unblocked or erased since it was read", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      await addEndpoint(bench);
      const failure = { scope: "customer", subject: REF.subject, change: "failure" } as const;
      const changes = [
        async () => await enrol(bench, REF),
        async () => await store.block({ ...REF, reason: "x", revision: newId(), audit: AUDIT }),
        async () => await store.unblock({ ...REF, revision: newId(), audit: AUDIT }),
        async () => await enrol(bench, REF, { mode: "add" }),
        async () => await store.eraseCustomer({ ...REF, receiptId: newId(), audit: AUDIT }),
        async () => await enrol(bench, REF),
      ];
      for (const change of changes) {
        const readRevision = (await store.readCustomer(REF))?.revision ?? null;
        await change();
        const decision = newDecision(REF, { readRevision, outcome: "passed", counters: [failure] });
        assert.deepEqual(await store.recordDecision(decision), { kind: "customerChanged" });
      }
      assert.deepEqual(await counts(bench), [0, 0, 0]);
      assert.equal((await mustRead(bench, REF)).consecutiveFailures, 0);
    });

    it("records no pass after a block or an erasure returned, in 600 races", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const late: string[] = [];
      const outcomes = new Set<string>();
      for (let race = 0; race < 600; race += 1) {
        const ref = refOf(`racer-${race}`);
        const readRevision = await enrol(bench, ref);
        let returned = false;
        const change = async (): Promise<void> => {
          if (race % 3 > 0) await Promise.resolve();
          if (race % 2 === 0) await store.block({ ...ref, reason: "x", revision: newId(), audit: AUDIT });
          else await store.eraseCustomer({ ...ref, receiptId: newId(), audit: AUDIT });
          returned = true;
        };
        const pass = async (): Promise<void> => {
          if (race % 3 < 2) await Promise.resolve();
          const after = returned;
          const { kind } = await store.recordDecision(newDecision(ref, { readRevision, outcome: "passed" }));
          outcomes.add(kind);
          if (after && kind === "recorded") late.push(ref.customerId);
        };
        await Promise.all(race % 5 === 0 ? [change(), pass()] : [pass(), change()]);
        const again = await store.recordDecision(newDecision(ref, { readRevision, outcome: "passed" }));
        if (again.kind === "recorded") late.push(ref.customerId);
      }
      assert.deepEqual(late, []);
      assert.deepEqual(outcomes, new Set(["recorded", "customerChanged"]));
    });

    it("lets one refused decision fail alone among those that share its commit", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      await addEndpoint(bench);
      const taken = await decide(bench);
      const failure = { scope: "customer", subject: REF.subject, change: "failure" } as const;
      const decisions = Array.from({ length: 20 }, () => newDecision(refOf(newId())));
      // Its event is new; its authentication is not: refused after some of it was written.
      const bad = newDecision(REF, { authentication: taken.authentication, counters: [failure] });
      const results = await Promise.allSettled(
        decisions.toSpliced(10, 1, bad).map(async (one) => await store.recordDecision(one)),
      );
      assert.deepEqual(
        results.flatMap((result, at) => (result.status === "rejected" ? [at] : [])),
        [10],
      );
      const [refused] = results.filter((result) => result.status === "rejected");
      assert.ok(refused?.reason instanceof StoreError && refused.reason.code === "conflict");
      assert.equal(await store.readEvent({ tenantId: TENANT, eventId: bad.event.eventId }), null);
      assert.deepEqual(await counts(bench), [20, 20, 20]);
    });

    it("numbers the feed without gap or repetition under 200 concurrent decisions", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const decisions = await Promise.all(Array.from({ length: 200 }, async () => await decide(bench)));
      const events = await everyPage(async (after) => await store.listEvents({ tenantId: TENANT, after, limit: 30 }));
      assert.deepEqual(
        events.map((event) => event.sequence),
        Array.from({ length: 200 }, (_, n) => n + 1),
      );
      assert.equal(new Set(events.map((event) => event.eventId)).size, decisions.length);
    });

    it("never skips an event for a reader that follows the feed while decisions are written", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const writing = Array.from({ length: 40 }, async (_, n) => {
        for (let turn = 0; turn < n % 4; turn += 1) await store.ping();
        return await decide(bench);
      });
      const seen: string[] = [];
      let after: string | null = null;
      const follow = async (): Promise<void> => {
        const page = await store.listEvents({ tenantId: TENANT, after, limit: 3 });
        seen.push(...page.items.map((event) => event.eventId));
        after = page.next ?? after;
      };
      const written = Promise.all(writing);
      while (seen.length < 40) {
        await follow();
        await store.ping();
      }
      const all = (await written).map((decision) => decision.event.eventId);
      assert.deepEqual(seen.toSorted(), all.toSorted());
      assert.equal((await store.listEvents({ tenantId: TENANT, after, limit: 3 })).next, null);
    });

    it("lists authentications newest first, by customer and by outcome", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const made: string[] = [];
      for (const [customer, outcome] of [
        ["a", "passed"],
        ["b", "spoof"],
        ["a", "spoof"],
      ] as const) {
        made.unshift((await decide(bench, { ref: refOf(customer), outcome })).authentication.authenticationId);
      }
      const ids = async (where: object): Promise<readonly string[]> =>
        (await store.listAuthentications({ ...LIST, ...where })).items.map((one) => one.authenticationId);
      assert.deepEqual(await ids({}), made);
      assert.deepEqual(await ids({ customerId: "a" }), [made[0], made[2]]);
      assert.deepEqual(await ids({ outcome: "spoof" }), [made[0], made[1]]);
      assert.deepEqual(await ids({ outcome: "error" }), []);
      const paged = await everyPage(
        async (after) => await store.listAuthentications({ ...LIST, after, limit: 1 }),
        async () => await decide(bench),
      );
      assert.deepEqual(
        paged.map((one) => one.authenticationId),
        made,
      );
    });

    it("confirms a transaction of a passed authentication only, of this tenant, while it is young enough", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const passed = await decide(bench, { outcome: "passed" });
      const spoof = await decide(bench, { outcome: "spoof" });
      const verify = async (transactionId: string | null, tenantId = TENANT): Promise<boolean> =>
        await store.verifyTransaction({ tenantId, transactionId: transactionId ?? "", maxAgeMs: 1000, audit: AUDIT });
      assert.equal(await verify(passed.authentication.transactionId), true);
      assert.equal(await verify(spoof.authentication.transactionId), false);
      assert.equal(await verify(passed.authentication.transactionId, "tenant-b"), false);
      assert.equal(await verify(newId()), false);
      bench.advance(1000);
      assert.equal(await verify(passed.authentication.transactionId), true);
      bench.advance(1);
      assert.equal(await verify(passed.authentication.transactionId), false);
      const { items } = await store.listAudit({ tenantId: TENANT, ...ALL });
      const verdicts = items.flatMap((entry) => ("verified" in entry.details ? [entry.details["verified"]] : []));
      assert.deepEqual(verdicts, [true, false, false, true, false]);
    });

    it("counts nothing twice and leaves nothing due where no endpoint stands", async () => {
      await using bench = await openBench(open);
      assert.equal(recorded(await bench.store.recordDecision(newDecision(REF))).deliveries, 0);
      assert.deepEqual([await claim(bench), await bench.store.nextDueInMs()], [[], null]);
    });
  });
}
