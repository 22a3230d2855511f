import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  addEndpoint,
  type Bench,
  claim,
  decide,
  finish,
  type OpenStore,
  openBench,
  type StoreWorld,
  TENANT,
} from "./bench.fixture.ts";

/** Opens an empty store, and a second connection to its database. */
export type OpenRows = (
  world: StoreWorld,
) => Promise<Awaited<ReturnType<OpenStore>> & { readonly sql: (text: string) => Promise<readonly unknown[]> }>;

interface RowBench extends Bench {
  readonly sql: Awaited<ReturnType<OpenRows>>["sql"];
}

async function openRows(open: OpenRows): Promise<RowBench> {
  let sql: RowBench["sql"] | undefined;
  const bench = await openBench(async (world) => {
    const opened = await open(world);
    ({ sql } = opened);
    return opened;
  });
  assert.ok(sql !== undefined);
  return Object.assign(bench, { sql });
}

/** Two deliveries that were sent, with an attempt each. */
async function sendTwo(bench: Bench): Promise<readonly string[]> {
  await addEndpoint(bench);
  for (let n = 0; n < 2; n += 1) await decide(bench);
  const claimed = await claim(bench);
  for (const one of claimed) await finish(bench, one);
  return claimed.map((one) => one.deliveryId);
}

/** What the database itself holds of deliveries, whatever the code does. */
export function deliveryRowsConformance(
  name: string,
  open: OpenRows,
  options: { readonly skip?: string | false } = {},
): void {
  describe(`deliveries in the database of ${name}`, { skip: options.skip ?? false }, () => {
    it("are one per event and endpoint: a second one is refused (I1)", async () => {
      await using bench = await openRows(open);
      await sendTwo(bench);
      const columns = `event_id, endpoint_id, sequence, status, attempts, retries_done, crashes, fencing_token, test,
        created_at_ms, updated_at_ms`;
      const again = `insert into deliveries (tenant_id, delivery_id, ${columns})
        select tenant_id, delivery_id || '-again', ${columns} from deliveries`;
      await assert.rejects(bench.sql(again), /unique/i);
    });

    it("keep their event: it is not deleted before them", async () => {
      await using bench = await openRows(open);
      await sendTwo(bench);
      await assert.rejects(bench.sql("delete from events"), /foreign key/i);
      await bench.sql("delete from deliveries");
      await bench.sql("delete from events");
    });

    it("take their attempts along, whoever deletes them, and those of no other", async () => {
      await using bench = await openRows(open);
      const [gone, kept] = await sendTwo(bench);
      const left = async (): Promise<unknown> =>
        structuredClone(await bench.sql("select delivery_id from delivery_attempts"));
      await bench.sql(`delete from deliveries where delivery_id = '${gone}'`);
      assert.deepEqual(await left(), [{ delivery_id: kept }]);
      bench.advance(1_000);
      await bench.store.sweep({ tenantId: TENANT, olderThanMs: 0, after: null, limit: 500 });
      assert.deepEqual(await left(), []);
    });
  });
}
