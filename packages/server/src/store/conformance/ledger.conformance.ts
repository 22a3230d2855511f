import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  ALL,
  AUDIT,
  addEndpoint,
  type Bench,
  claim,
  decide,
  finish,
  newId,
  type OpenStore,
  openBench,
  refOf,
  TENANT,
} from "./bench.fixture.ts";

/** Status and reason of every delivery by event and endpoint; fails where there are two of one. */
async function ledger({ store }: Bench): Promise<ReadonlyMap<string, string>> {
  const { items } = await store.listDeliveries({
    tenantId: TENANT,
    endpointId: null,
    status: null,
    eventId: null,
    ...ALL,
  });
  const rows = items.map((one) => [`${one.eventId} ${one.endpointId}`, `${one.status} ${one.reason ?? ""}`] as const);
  const found = new Map(rows);
  assert.equal(found.size, rows.length, "one delivery per event and endpoint");
  return found;
}

export function ledgerConformance(open: OpenStore): void {
  describe("the ledger", () => {
    it("lists for every event and endpoint what became of it, and why where it was not delivered (I1)", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const make = async (options: Parameters<typeof addEndpoint>[1] = {}): Promise<string> =>
        await addEndpoint(bench, options);
      const names = {
        good: await make(),
        failing: await make(),
        dead: await make(),
        gone: await make(),
        filtered: await make({ outcomes: ["spoof"] }),
        off: await make({ disabledReason: "operator" }),
        deleted: await make(),
      };
      const nameOf = (id: string): string => Object.entries(names).find(([, one]) => one === id)?.[0] ?? id;
      const erased = refOf("erased");
      const events = [(await decide(bench)).event.eventId, (await decide(bench, { ref: erased })).event.eventId];
      const ends = {
        good: { kind: "delivered" },
        failing: { kind: "retry", afterMs: 60_000, reason: "timeout" },
        dead: { kind: "dead", reason: "httpStatus" },
        gone: { kind: "hold", reason: "gone" },
        deleted: { kind: "retry", afterMs: 60_000, reason: "timeout" },
      } as const;
      for (const one of await claim(bench)) {
        const name = nameOf(one.endpoint.endpointId) as keyof typeof ends;
        await finish(bench, one, ends[name]);
      }
      await store.deleteEndpoint({ tenantId: TENANT, endpointId: names.deleted, audit: AUDIT });
      await store.eraseCustomer({ ...erased, receiptId: newId(), audit: AUDIT });
      const found = await ledger(bench);
      assert.equal(found.size, events.length * Object.keys(names).length);
      const becameOf = (event: string | undefined) =>
        Object.fromEntries(Object.entries(names).map(([name, id]) => [name, found.get(`${event} ${id}`)]));
      assert.deepEqual(becameOf(events[0]), {
        good: "delivered ",
        failing: "failing timeout",
        dead: "dead httpStatus",
        gone: "held gone",
        filtered: "skipped filtered",
        off: "held operator",
        deleted: "skipped endpointDeleted",
      });
      const unsent = "skipped erased";
      assert.deepEqual(becameOf(events[1]), {
        good: "delivered ",
        failing: unsent,
        dead: "dead erased",
        gone: unsent,
        filtered: unsent,
        off: unsent,
        deleted: unsent,
      });
    });
  });
}
