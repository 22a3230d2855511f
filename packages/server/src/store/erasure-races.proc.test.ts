import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { systemClock } from "../clock.ts";
import {
  AUDIT,
  addEndpoint,
  type Bench,
  claim,
  enrol,
  finish,
  newDecision,
  newId,
  openBench,
  random,
  refOf,
} from "./conformance/bench.fixture.ts";
import { createPostgresStore } from "./postgres/create-postgres-store.ts";
import { createTestSchema, needsPostgres } from "./postgres/test-database.fixture.ts";
import { backUp } from "./sqlite/backup.ts";
import { createSqliteStore } from "./sqlite/create-sqlite-store.ts";
import type { Store } from "./store.ts";
import { StoreError } from "./store-error.ts";

const RACES = 10_000;
/** Each is four round trips that wait for one another: 10,000 are run by hand. */
const RACES_OF_NODES = 2_000;
/** At once, so that they share commits and wait for each other, and none longer than a store lets anybody wait. */
const AT_ONCE = 10;

/** As a caller does that was answered 503: nothing of it was written. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (fault) {
      if (!(fault instanceof StoreError && fault.code === "busy")) throw fault;
    }
  }
}

interface Tally {
  readonly late: string[];
  readonly results: Map<string, number>;
}

/** A pass that was decided on what was read before, beside a block or an erasure, and one after it has returned. */
async function race(bench: Bench, { other, at, tally }: { other: Store; at: number; tally: Tally }): Promise<void> {
  // In threes, so that of those that begin together now an erasure comes first and now a block: passes that arrive while
  // one is written join it, and overtake what was asked between.
  const erases = Math.floor(at / 3) % 2 === 0;
  const named = refOf(`${erases ? "erased" : "blocked"}-${at}-`);
  // As the vault makes it: what may outlive an erasure tells no name.
  const ref = { ...named, subject: hash("sha256", named.customerId, "hex") };
  const readRevision = await insist(async () => await enrol(bench, ref));
  const pass = async (): Promise<string> => {
    const decision = () => newDecision(ref, { readRevision, outcome: "passed" });
    return (await insist(async () => await bench.store.recordDecision(decision()))).kind;
  };
  const change = async (): Promise<string> => {
    await insist(async () => {
      if (erases) await other.eraseCustomer({ ...ref, receiptId: newId(), audit: AUDIT });
      else await other.block({ ...ref, reason: "x", revision: newId(), audit: AUDIT });
    });
    return await pass();
  };
  const passFirst = at % 3 === 0;
  const results = await Promise.all(passFirst ? [pass(), change()] : [change(), pass()]);
  const [during = "", later = ""] = passFirst ? results : results.toReversed();
  const kind = `${erases ? "erased" : "blocked"} ${during}`;
  tally.results.set(kind, (tally.results.get(kind) ?? 0) + 1);
  if (later !== "customerChanged") tally.late.push(`${ref.customerId}: ${later}`);
}

/** Claims and finishes what the races make due, as a delivery worker does, until all of them have ended. */
async function deliver(bench: Bench, ended: () => boolean): Promise<number> {
  let delivered = 0;
  while (!ended()) {
    for (const one of await insist(async () => await claim(bench, { limit: 20 }))) {
      if ((await insist(async () => await finish(bench, one))) === "recorded") delivered += 1;
    }
  }
  return delivered;
}

async function runRaces(bench: Bench, { other, races }: { other: Store; races: number }): Promise<Tally> {
  const tally: Tally = { late: [], results: new Map() };
  await addEndpoint(bench);
  let ended = false;
  const delivering = deliver(bench, () => ended);
  try {
    for (let from = 0; from < races; from += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => race(bench, { other, at: from + n, tally })));
    }
  } finally {
    ended = true;
  }
  assert.ok((await delivering) > 100, "deliveries went on meanwhile");
  const kinds = [...tally.results.keys()].toSorted();
  // Both came first, both ways, or it was no race.
  assert.deepEqual(kinds, ["blocked customerChanged", "blocked recorded", "erased customerChanged", "erased recorded"]);
  assert.deepEqual(tally.late, []);
  return tally;
}

describe("races of a pass with a block or an erasure", () => {
  it("record no pass after the call has returned, in 10,000, and leave no row that names the erased: SQLite", async (t) => {
    const parent = await mkdtemp(join(tmpdir(), "sameface-races-"));
    const folder = join(parent, "data");
    const store = await createSqliteStore({ folder, clock: systemClock, random });
    const dispose = async (): Promise<void> => {
      await store.close();
    };
    const bench = await openBench(async () => await Promise.resolve({ store, dispose }));
    const { results } = await runRaces(bench, { other: store, races: RACES });
    // Every row as it stands, and nothing else: a page's unused space is not in it.
    const file = join(parent, "copy");
    backUp({ folder, file });
    await store.close();
    const bytes = readFileSync(file);
    assert.ok(bytes.includes("blocked-3-"));
    assert.ok(!bytes.includes("erased-"));
    await rm(parent, { recursive: true });
    t.diagnostic(JSON.stringify([...results]));
  });

  it(
    "record no pass on another node either, in 2,000, and leave no row that names the erased: PostgreSQL",
    needsPostgres(),
    async (t) => {
      await using schema = await createTestSchema();
      const open = async () => await createPostgresStore({ url: schema.url, clock: systemClock, random });
      const [store, other] = [await open(), await open()];
      const dispose = async (): Promise<void> => {
        await Promise.all([store.close(), other.close()]);
      };
      await using bench = await openBench(async () => await Promise.resolve({ store, dispose }));
      const { results } = await runRaces(bench, { other, races: RACES_OF_NODES });
      const tables = await schema.sql<{ name: string }>(
        "select tablename as name from pg_tables where schemaname = current_schema()",
      );
      const holding = async (name: string): Promise<readonly string[]> => {
        const found: string[] = [];
        // Bytes are written in hexadecimal here.
        const patterns = [`%${name}%`, `%${Buffer.from(name).toString("hex")}%`];
        for (const table of tables) {
          const query = `select 1 from ${table.name} t where t::text like any($1) limit 1`;
          if ((await schema.sql(query, [patterns])).length > 0) found.push(table.name);
        }
        return found;
      };
      assert.deepEqual((await holding("blocked-")).toSorted(), ["authentications", "customers", "events", "templates"]);
      assert.deepEqual(await holding("erased-"), []);
      t.diagnostic(JSON.stringify([...results]));
    },
  );
});
