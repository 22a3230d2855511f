import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { systemClock } from "../../clock.ts";
import { addEndpoint, type Bench, claim, decide, openBench, random, TENANT } from "../conformance/bench.fixture.ts";
import { MIGRATIONS } from "../migrations/migrate.ts";
import type { Store } from "../store.ts";
import { createPostgresStore } from "./create-postgres-store.ts";
import { createTestSchema, needsPostgres, type TestSchema } from "./test-database.fixture.ts";

const openNode = async ({ url }: TestSchema): Promise<Store> =>
  await createPostgresStore({ url, clock: systemClock, random });

/** Two nodes of one database; the bench's is the first. */
interface Nodes extends AsyncDisposable {
  readonly bench: Bench;
  readonly second: Store;
}

async function openNodes(schema: TestSchema): Promise<Nodes> {
  const store = await openNode(schema);
  const second = await openNode(schema);
  const dispose = async (): Promise<void> => {
    await Promise.all([store.close(), second.close()]);
  };
  const bench = await openBench(async () => await Promise.resolve({ store, dispose }));
  return { bench, second, [Symbol.asyncDispose]: dispose };
}

/** Rows as `recordDecision` would leave them, made by SQL alone: 100,000 decisions would take minutes. */
const SEED = [
  `insert into events (tenant_id, event_id, sequence, subject, outcome, body, test, created_at_ms)
   select '${TENANT}', 'event-' || i, i, 'subject', 'passed', '{}', 0, 0 from generate_series(1, 2000) i`,
  `insert into deliveries (tenant_id, delivery_id, event_id, endpoint_id, sequence, status, attempts, retries_done,
     crashes, due_at_ms, fencing_token, test, created_at_ms, updated_at_ms)
   select '${TENANT}', event_id || '-' || endpoint_id, event_id, endpoint_id, sequence, 'pending', 0, 0, 0, sequence, 0, 0, 0, 0
   from events, endpoints`,
  "analyze",
];

describe("several nodes of one PostgreSQL", needsPostgres(), () => {
  it("hand out 100,000 deliveries, each once, to three workers of two nodes", async () => {
    await using schema = await createTestSchema();
    await using nodes = await openNodes(schema);
    const { bench, second } = nodes;
    for (let n = 0; n < 50; n += 1) await addEndpoint(bench);
    for (const statement of SEED) await schema.sql(statement);
    const seen: string[] = [];
    const work = async (store: Store): Promise<void> => {
      while (seen.length < 100_000) {
        const claimed = await store.claimDeliveries({ limit: 500, perEndpoint: 1_000_000, leaseMs: 600_000 });
        seen.push(...claimed.map((one) => one.deliveryId));
        assert.ok(claimed.every((one) => one.fencingToken === 1));
      }
    };
    await Promise.all([work(bench.store), work(second), work(second)]);
    assert.deepEqual([seen.length, new Set(seen).size], [100_000, 100_000]);
  });

  it("hold an endpoint to its bound together, however they claim at the same moment", async () => {
    await using schema = await createTestSchema();
    await using nodes = await openNodes(schema);
    const { bench, second } = nodes;
    await addEndpoint(bench);
    await Promise.all(Array.from({ length: 40 }, async () => await decide(bench)));
    const request = { limit: 10, perEndpoint: 7, leaseMs: 600_000 };
    const claims = Array.from({ length: 12 }, async (_, n) =>
      n % 2 === 0 ? await second.claimDeliveries(request) : await claim(bench, request),
    );
    const claimed = (await Promise.all(claims)).flat();
    // A node that came while another claimed left the endpoint to it, and comes again.
    claimed.push(...(await second.claimDeliveries(request)));
    assert.equal(claimed.length, 7);
  });

  it("number one feed without gap or repetition, and a follower skips nothing, while both write", async () => {
    await using schema = await createTestSchema();
    await using nodes = await openNodes(schema);
    const { bench, second } = nodes;
    const other = { ...bench, store: second };
    const progress = { writing: true };
    const writers = Promise.all(
      Array.from({ length: 150 }, async (_, n) => await decide(n % 2 === 0 ? bench : other)),
    ).finally(() => {
      progress.writing = false;
    });
    const followed: number[] = [];
    let after: string | null = null;
    for (let last = false; ; last = !progress.writing) {
      const page: Awaited<ReturnType<Store["listEvents"]>> = await second.listEvents({
        tenantId: TENANT,
        after,
        limit: 50,
      });
      followed.push(...page.items.map((event) => event.sequence));
      after = page.next ?? after;
      if (page.items.length === 0 && last) break;
    }
    await writers;
    assert.deepEqual(
      followed,
      Array.from({ length: 150 }, (_, n) => n + 1),
    );
  });

  it("hear of deliveries that another node made due", async () => {
    await using schema = await createTestSchema();
    await using nodes = await openNodes(schema);
    const { bench, second } = nodes;
    await addEndpoint(bench);
    const heard = new Promise<void>((resolve) => {
      second.onDeliveriesDue(resolve);
    });
    // Its first connection tells it once, too: what was told before it listened.
    await decide(bench);
    await heard;
    const again = new Promise<void>((resolve) => {
      second.onDeliveriesDue(resolve);
    });
    await decide(bench);
    await again;
  });

  it("migrate once when they start together", async () => {
    await using schema = await createTestSchema();
    const nodes = await Promise.all(Array.from({ length: 4 }, async () => await openNode(schema)));
    for (const node of nodes) await node.close();
    const applied = await schema.sql<{ name: string }>("select name from migrations order by name");
    assert.deepEqual(
      applied.map((row) => row.name),
      MIGRATIONS.map((migration) => migration.name).toSorted(),
    );
  });
});
