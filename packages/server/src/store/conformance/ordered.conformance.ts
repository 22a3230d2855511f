import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ClaimedDelivery, NextStep } from "../store.ts";
import {
  AUDIT,
  addEndpoint,
  type Bench,
  claim,
  claimOne,
  decide,
  finish,
  newId,
  type OpenStore,
  openBench,
  refOf,
  states,
  TENANT,
} from "./bench.fixture.ts";

const FAILS: NextStep = { kind: "retry", afterMs: 60_000, reason: "httpStatus" };
const LEASE_MS = 30_000;

/** An endpoint that gets what concerns one customer in order. */
export function orderedConformance(open: OpenStore): void {
  describe("an ordered endpoint", () => {
    it("gets of each customer one at a time, in the order of the feed, and customers side by side", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench, { ordered: true });
      const [first, other, second] = [await of(bench, "anna"), await of(bench, "ben"), await of(bench, "anna")];
      const claimed = await claim(bench);
      assert.deepEqual(idsOf(claimed), [first, other]);
      assert.ok((claimed[0]?.sequence ?? 0) < (claimed[1]?.sequence ?? 0));
      assert.deepEqual(await claim(bench), []);
      await finish(bench, theOne(claimed, first));
      assert.equal((await claimOne(bench)).eventId, second);
    });

    it("holds up what follows while the first is tried again, without looking at it meanwhile", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench, { ordered: true });
      const [first, second] = [await of(bench, "anna"), await of(bench, "anna")];
      await finish(bench, await claimOne(bench), FAILS);
      assert.deepEqual(await claim(bench), []);
      assert.equal(await bench.store.nextDueInMs(), 60_000);
      const { waiting } = await bench.store.readBacklog();
      assert.deepEqual([waiting.pending, waiting.failing], [1, 1], "what is parked waits all the same");
      bench.advance(60_000);
      const again = await claimOne(bench);
      assert.equal(again.eventId, first);
      await finish(bench, again);
      assert.equal((await claimOne(bench)).eventId, second);
    });

    it("goes on after one that is dead, and after one whose process died", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench, { ordered: true });
      const [, second, third] = [await of(bench, "anna"), await of(bench, "anna"), await of(bench, "anna")];
      await finish(bench, await claimOne(bench), { kind: "dead", reason: "expired" });
      const lost = await claimOne(bench);
      assert.equal(lost.eventId, second);
      bench.advance(LEASE_MS);
      const taken = await claimOne(bench);
      assert.deepEqual([taken.eventId, taken.crashes], [second, 1]);
      await finish(bench, taken);
      assert.equal((await claimOne(bench)).eventId, third);
      assert.equal(await finish(bench, lost), "stale");
    });

    it("keeps the order over a time in which it was disabled", async () => {
      await using bench = await openBench(open);
      const endpointId = await addEndpoint(bench, { ordered: true });
      const events = [await of(bench, "anna"), await of(bench, "anna"), await of(bench, "anna")];
      const inFlight = await claimOne(bench);
      assert.deepEqual(await claim(bench), []);
      const change = async (disabledReason: string | null): Promise<void> => {
        await bench.store.updateEndpoint({ tenantId: TENANT, endpointId, change: { disabledReason }, audit: AUDIT });
      };
      await change("operator");
      await finish(bench, inFlight, FAILS);
      assert.deepEqual(await states(bench), ["held operator", "held operator", "held operator"]);
      await change(null);
      for (const event of events) {
        const next = await claimOne(bench);
        assert.equal(next.eventId, event);
        await finish(bench, next);
      }
    });

    it("keeps the order of what a replay brings", async () => {
      await using bench = await openBench(open);
      const events = [await of(bench, "anna"), await of(bench, "anna")];
      const endpointId = await addEndpoint(bench, { ordered: true });
      await bench.store.createReplay({
        tenantId: TENANT,
        replayId: newId(),
        endpointId,
        which: "missing",
        sinceMs: 0,
        untilMs: null,
        perSecond: 100,
        audit: AUDIT,
      });
      while ((await bench.store.advanceReplay()) !== null) bench.advance(1_000);
      for (const event of events) {
        const next = await claimOne(bench);
        assert.equal(next.eventId, event);
        await finish(bench, next);
      }
    });

    it("frees what waits when it is no longer ordered, one by one, and what comes then at once", async () => {
      await using bench = await openBench(open);
      const endpointId = await addEndpoint(bench, { ordered: true });
      const [first, second] = [await of(bench, "anna"), await of(bench, "anna")];
      const claimed = await claimOne(bench);
      assert.deepEqual([claimed.eventId, await claim(bench)], [first, []]);
      await bench.store.updateEndpoint({ tenantId: TENANT, endpointId, change: { ordered: false }, audit: AUDIT });
      const third = await of(bench, "anna");
      assert.equal((await claimOne(bench)).eventId, third);
      await finish(bench, claimed);
      assert.equal((await claimOne(bench)).eventId, second);
    });

    it("leaves none behind, and none out of order, where many claim and finish at once", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench, { ordered: true });
      const names = ["anna", "ben", "cleo", "dora", "emil"];
      const asked = Array.from({ length: 100 }, (_, n) => names[n % names.length] ?? "");
      for (const name of asked) await of(bench, name);
      const sent = new Map<string, number[]>(names.map((name) => [name, []]));
      const work = async (): Promise<void> => {
        // Until nothing waits and nothing is in flight.
        while ((await bench.store.nextDueInMs()) !== null) {
          for (const one of await claim(bench, { limit: 3 })) {
            sent.get(nameOf(one))?.push(one.sequence);
            assert.equal(await finish(bench, one), "recorded");
          }
        }
      };
      await Promise.all([work(), work(), work(), work()]);
      for (const [name, sequences] of sent) {
        assert.equal(sequences.length, asked.length / names.length, name);
        assert.deepEqual(
          sequences,
          sequences.toSorted((a, b) => a - b),
          name,
        );
      }
    });

    it("leaves an endpoint that is not ordered as it was", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench);
      const events = [await of(bench, "anna"), await of(bench, "anna")];
      assert.deepEqual(idsOf(await claim(bench)), events);
    });
  });
}

async function of(bench: Bench, customerId: string): Promise<string> {
  return (await decide(bench, { ref: refOf(customerId) })).event.eventId;
}

function nameOf({ body }: ClaimedDelivery): string {
  return (JSON.parse(Buffer.from(body).toString("utf8")) as { readonly customerId: string }).customerId;
}

function idsOf(claimed: readonly ClaimedDelivery[]): readonly string[] {
  return claimed.map((one) => one.eventId);
}

function theOne(claimed: readonly ClaimedDelivery[], eventId: string): ClaimedDelivery {
  const found = claimed.find((one) => one.eventId === eventId);
  assert.ok(found !== undefined, "it was claimed");
  return found;
}
