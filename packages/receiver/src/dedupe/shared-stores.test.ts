import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import pg from "pg";
import { createReceiver } from "../receive.ts";
import { ReceiverError } from "../receiver-error.ts";
import { GOLDEN_NAMES, golden, SECRET, signed, testClock } from "../signed.fixture.ts";
import { dedupeConformance } from "./dedupe.conformance.ts";
import type { ReceiverStore, SharedStoreOptions } from "./dedupe-store.ts";
import { inboxConformance } from "./inbox.conformance.ts";
import { createPostgresStore } from "./postgres.ts";
import { createRedisStore } from "./redis.ts";
import { service } from "./service.fixture.ts";
import { DRIVERS, type DriverName, type OpenedStore } from "./shared-stores.fixture.ts";

const postgres = service("SAMEFACE_TEST_POSTGRES_URL", 35);
const redis = service("SAMEFACE_TEST_REDIS_URL", 70);
const PLACES: readonly (readonly [DriverName, typeof postgres])[] = [
  ["PostgreSQL by pg", postgres],
  ["Redis by node-redis", redis],
  ["Redis by ioredis", redis],
];

/** Nobody else's, on a server that others use too. */
function newName(): string {
  return `t${randomBytes(8).toString("hex")}`;
}

for (const [driver, { url, skip }] of PLACES) {
  describe(driver, { skip }, () => {
    let opened: OpenedStore;
    let other: OpenedStore;
    const open = (options: SharedStoreOptions): ReceiverStore => opened.store({ name: newName(), ...options });

    before(async () => {
      opened = await DRIVERS[driver](url);
      other = await DRIVERS[driver](url);
    });

    after(async () => {
      await opened.close();
      await other.close();
    });

    dedupeConformance(driver, open);
    inboxConformance(driver, open);

    it("calls the handler once for 1,000 copies at once, over two connections as two machines have them", async () => {
      const name = newName();
      let calls = 0;
      const receivers = [opened, other].map(({ store }) =>
        createReceiver({ secrets: [SECRET], store: store({ name }), ...testClock() }).on("passed", () => {
          calls += 1;
        }),
      );
      const request = await signed();
      const copies = Array.from({ length: 500 }, () => receivers).flat();
      const replies = await Promise.all(copies.map(async (receiver) => await receiver.receive(request)));
      assert.equal(calls, 1);
      assert.equal(replies.filter(({ result }) => result.kind === "handled").length, 1);
      assert.ok(replies.every(({ status, result }) => status === (result.kind === "running" ? 409 : 204)));
      assert.equal((await receivers[1]?.receive(request))?.result.kind, "duplicate");
    });

    it("handles each of what was stored once, over two connections that drain at once", async () => {
      const name = newName();
      const handled: string[] = [];
      const receivers = [opened, other].map(({ store }) => {
        const note = (_outcome: unknown, event: { readonly id: string }): void => {
          handled.push(event.id);
        };
        const options = { secrets: [SECRET], acknowledge: "stored", store: store({ name }), ...testClock() } as const;
        return createReceiver(options).on("passed", note).on("not-passed", note);
      });
      for (const id of GOLDEN_NAMES) {
        const request = await signed({ id, body: golden(id) });
        for (const receiver of receivers) assert.equal((await receiver.receive(request)).status, 204);
      }
      await Promise.all(receivers.map(({ drain }) => drain()));
      assert.deepEqual(handled.sort(), [...GOLDEN_NAMES].sort());
    });

    it("keeps two receivers of one database apart by their names", async () => {
      const entry = { id: "a", bodyHash: "aa", leaseMs: 60_000 };
      assert.equal((await open({}).begin(entry)).kind, "first");
      assert.equal((await open({}).begin(entry)).kind, "first");
    });
  });
}

describe("names of shared stores", () => {
  it("are refused where they could not stand in SQL", () => {
    const client = { query: () => assert.fail("asked"), call: () => assert.fail("asked") };
    for (const name of ["", "A", "1a", "a-b", "a;b", "a".repeat(41)]) {
      for (const open of [createPostgresStore, createRedisStore]) {
        assert.throws(
          () => open(client, { name }),
          (error) => error instanceof ReceiverError && error.code === "badOption",
        );
      }
    }
  });
});

describe("createPostgresStore", { skip: postgres.skip }, () => {
  it("makes its tables once when 20 begin at once on a database that has none", async () => {
    const name = newName();
    const opened = await DRIVERS["PostgreSQL by pg"](postgres.url);
    const stores = Array.from({ length: 20 }, () => opened.store({ name }));
    const entry = { id: "a", bodyHash: "aa", leaseMs: 60_000 };
    const begun = await Promise.all(stores.map(async (store) => await store.begin(entry)));
    assert.equal(begun.filter(({ kind }) => kind === "first").length, 1);
    await opened.close();
  });

  it("makes its tables later when the database was away at first", async () => {
    const pool = new pg.Pool({ connectionString: postgres.url });
    let away = true;
    const query = async (text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }> => {
      if (away) throw new Error("connection refused");
      return await pool.query(text, values);
    };
    const store = createPostgresStore({ query }, { name: newName() });
    const entry = { id: "a", bodyHash: "aa", leaseMs: 60_000 };
    await assert.rejects(async () => await store.begin(entry), /connection refused/);
    away = false;
    assert.equal((await store.begin(entry)).kind, "first");
    await pool.end();
  });
});
