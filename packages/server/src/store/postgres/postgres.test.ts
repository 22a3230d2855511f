import { after } from "node:test";
import { systemClock } from "../../clock.ts";
import { deliveryRowsConformance, type OpenRows } from "../conformance/delivery-rows.conformance.ts";
import { storeConformance } from "../store.conformance.ts";
import { createPostgresStore } from "./create-postgres-store.ts";
import { createTestSchema, emptyTables, needsPostgres, type TestSchema } from "./test-database.fixture.ts";

const idle: TestSchema[] = [];
after(async () => {
  for (const schema of idle) await schema[Symbol.asyncDispose]();
});

const open: OpenRows = async ({ clock, random }) => {
  const schema = idle.pop() ?? (await createTestSchema());
  const startMs = clock.nowMs();
  const store = await createPostgresStore({
    url: schema.url,
    // What waits in the store (a retry, a notify) waits in real time; what is due is due by the bench's clock.
    clock: systemClock,
    random,
    // The database's clock, which does not follow a step of this host's wall clock.
    timeOf: () => startMs + clock.monotonicMs(),
  });
  const dispose = async (): Promise<void> => {
    await store.close();
    await emptyTables(schema);
    idle.push(schema);
  };
  return { store, dispose, sql: schema.sql };
};

const needs = needsPostgres();
// All pairs of steps are lived over SQLite: the queries are the same.
storeConformance("PostgreSQL", open, { ...needs, othersEvery: 8 });
deliveryRowsConformance("PostgreSQL", open, needs);
