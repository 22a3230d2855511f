import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { systemClock } from "../../clock.ts";
import { addEndpoint, type Bench, claim, decide, finish, openBench, random } from "../conformance/bench.fixture.ts";
import type { ClaimedDelivery } from "../store.ts";
import { createPostgresStore } from "./create-postgres-store.ts";
import { createTestSchema, needsPostgres } from "./test-database.fixture.ts";

type End = (bench: Bench, claimed: ClaimedDelivery) => Promise<unknown>;

const ENDS: Readonly<Record<string, End>> = {
  failed: async (bench, one) => await finish(bench, one, { kind: "retry", afterMs: 0, reason: "x" }),
  "given back": async (bench, one) => {
    await bench.store.releaseDelivery(one);
  },
};

describe("a node beside one of an older version, whose leases name nobody", needsPostgres(), () => {
  for (const [name, end] of Object.entries(ENDS)) {
    it(`leases nothing ahead while that one has what was ${name} here`, async () => {
      await using schema = await createTestSchema();
      const store = await createPostgresStore({ url: schema.url, clock: systemClock, random });
      const dispose = async (): Promise<void> => {
        await store.close();
      };
      await using bench = await openBench(async () => await Promise.resolve({ store, dispose }));
      const endpointId = await addEndpoint(bench);
      for (let n = 0; n < 3; n += 1) await decide(bench);
      const holder = { holderId: "a", rooms: new Map([[endpointId, 5]]) };
      const had = await claim(bench, { limit: 2, perEndpoint: 2, holder });
      for (const one of had) await end(bench, one);
      // As it claims: it does not know the column.
      await schema.sql(
        `update deliveries set status = 'inFlight', fencing_token = fencing_token + 1, due_at_ms = due_at_ms + 60000
          where delivery_id = any($1)`,
        [had.map((one) => one.deliveryId)],
      );
      assert.deepEqual(await claim(bench, { perEndpoint: 2, holder }), []);
      assert.equal((await claim(bench, { perEndpoint: 3, holder })).length, 1);
    });
  }
});
