import assert from "node:assert/strict";
import { connect, createServer, type Server, type Socket } from "node:net";
import { describe, it } from "node:test";
import { systemClock } from "../../clock.ts";
import { AUDIT, newDecision, random, refOf, TENANT } from "../conformance/bench.fixture.ts";
import type { Store } from "../store.ts";
import { StoreError } from "../store-error.ts";
import { connectOptions, nameOfDatabase, plainHost } from "./connect-options.ts";
import { createPostgresStore } from "./create-postgres-store.ts";
import { inspectPostgres } from "./inspect-postgres.ts";
import { createTestSchema, needsPostgres, type TestSchema, waitsOrEnds } from "./test-database.fixture.ts";

async function openStore(schema: TestSchema, url = schema.url): Promise<Store & AsyncDisposable> {
  const store = await createPostgresStore({ url, clock: systemClock, random });
  await store.createTenant({ tenantId: TENANT, name: "Tenant A", audit: AUDIT });
  const dispose = async (): Promise<void> => {
    await store.close();
  };
  return { ...store, [Symbol.asyncDispose]: dispose };
}

const unknown = (n: number) => newDecision(refOf(`customer-${n}`));
const isBusy = (fault: unknown): boolean => fault instanceof StoreError && fault.code === "busy";

/** Stands between the store and the database; where `cutNext` was called, the reply to the next COMMIT is lost. */
async function startCutter(url: string): Promise<{ url: string; cutNext: () => void; server: Server }> {
  const target = new URL(url.replace("@/", "@database/"));
  const socketFile = `${target.searchParams.get("host") ?? ""}/.s.PGSQL.5432`;
  let armed = false;
  const server = createServer((client: Socket) => {
    const database = connect(socketFile);
    let cut = false;
    client.on("data", (bytes) => {
      // The simple query that commits, alone in its message.
      if (armed && bytes.includes("commit\0")) {
        armed = false;
        cut = true;
      }
      database.write(bytes);
    });
    // What the database answers to it shows that it is done; the client never sees it.
    database.on("data", (bytes) => (cut ? client.destroy() : client.write(bytes)));
    for (const [from, to] of [
      [client, database],
      [database, client],
    ] as const) {
      from.on("error", () => to.destroy());
      from.on("close", () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  const options = target.searchParams.get("options") ?? "";
  return {
    url: `postgres://${target.username}@127.0.0.1:${port}${target.pathname}?options=${encodeURIComponent(options)}`,
    cutNext: () => {
      armed = true;
    },
    server,
  };
}

describe("faults of PostgreSQL", needsPostgres(), () => {
  it("keeps one event and one answer when the reply to a COMMIT is lost and the caller repeats", async () => {
    await using schema = await createTestSchema();
    const cutter = await startCutter(schema.url);
    const begin = { tenantId: TENANT, key: "key-1", requestHash: "hash", subject: "subject", leaseMs: 60_000 };
    const answer = { status: 200, body: new Uint8Array(Buffer.from("{}")) };
    {
      await using store = await openStore(schema, cutter.url);
      assert.equal((await store.beginIdempotent(begin)).kind, "started");
      cutter.cutNext();
      await assert.rejects(store.recordDecision({ ...unknown(1), idempotency: { key: "key-1", answer } }), {
        code: "unavailable",
      });
      assert.deepEqual(await store.beginIdempotent(begin), { kind: "done", answer });
      const { items } = await store.listEvents({ tenantId: TENANT, after: null, limit: 10 });
      assert.equal(items.length, 1);
    }
    cutter.server.close();
  });

  it("refuses all who wait in bounded time where a lock is held for long, and serves again after it", async () => {
    await using schema = await createTestSchema();
    await using store = await openStore(schema);
    await store.recordDecision(unknown(0));
    await schema.sql("begin");
    await schema.sql("select * from feeds for update");
    const startedMs = performance.now();
    const waited = Array.from({ length: 100 }, async (_, n) => {
      await assert.rejects(store.recordDecision(unknown(n)), isBusy);
      return performance.now() - startedMs;
    });
    // 2 s of lock_timeout, seen to end after 2.7 to 3 s; the rest is for a machine that is busy with others.
    assert.ok(Math.max(...(await Promise.all(waited))) < 6_000);
    await schema.sql("rollback");
    assert.equal((await store.recordDecision(unknown(1))).kind, "recorded");
  });

  it("lets only the member of a group fail that is refused, and tries again after a deadlock", async () => {
    await using schema = await createTestSchema();
    await using store = await openStore(schema);
    const source = { scope: "source", subject: "one", change: "failure" } as const;
    await store.recordDecision({ ...unknown(0), counters: [source] });
    // The other session holds the counter and then wants the feed, which the decision holds: a circle. It waits
    // longer than the store does, so that the store's session is the one that PostgreSQL ends.
    await schema.sql("set deadlock_timeout = '30s'");
    await schema.sql("begin");
    await schema.sql("select * from failure_counters for update");
    const twice = unknown(2);
    const group = [
      store.recordDecision(unknown(1)),
      store.recordDecision(twice),
      store.recordDecision({ ...unknown(3), counters: [source] }),
      store.recordDecision(twice),
      store.recordDecision(unknown(4)),
    ];
    const settled = Promise.allSettled(group);
    assert.equal(await waitsOrEnds(schema.sql, settled), "waits");
    await schema.sql("select * from feeds for update");
    await schema.sql("commit");
    assert.deepEqual(
      (await settled).map((one) => (one.status === "fulfilled" ? one.value.kind : (one.reason as StoreError).code)),
      ["recorded", "recorded", "recorded", "conflict", "recorded"],
    );
    const [row] = await schema.sql<{ n: string }>("select consecutive_failures::text as n from failure_counters");
    assert.equal(row?.n, "2");
  });

  it("comes back by itself after the database ended every connection", async () => {
    await using schema = await createTestSchema();
    await using store = await openStore(schema);
    const pings = Array.from({ length: 20 }, async () => {
      await store.ping();
    });
    await Promise.all(pings);
    await schema.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = current_setting('application_name') and pid <> pg_backend_pid()",
    );
    await Promise.all(Array.from({ length: 20 }, async () => await store.ping().catch(() => null)));
    await store.ping();
    assert.equal((await store.recordDecision(unknown(1))).kind, "recorded");
  });

  it("refuses to start in one line without user or password, and names the mend", async () => {
    await using schema = await createTestSchema();
    const start = async (url: string): Promise<string> => {
      const fault: unknown = await createPostgresStore({ url, clock: systemClock, random }).catch(
        (cause: unknown) => cause,
      );
      assert.ok(fault instanceof StoreError);
      assert.doesNotMatch(fault.message, /hunter2|somebody|\n/);
      return fault.message;
    };
    assert.match(
      await start("postgres://somebody:hunter2@127.0.0.1:1/sameface"),
      /^the database 127\.0\.0\.1:1\/sameface can't be used \(ECONNREFUSED\)/,
    );
    assert.match(
      await start(schema.url.replace(/@\/[a-z]+/, "@/absent")),
      /absent does not exist: create it, or correct SAMEFACE_DATABASE_URL/,
    );
    for (const hosts of ["db1,db2/x", "db1:5432,db2:5432/x", "/x?host=db1,db2"])
      assert.match(await start(`postgres://somebody:hunter2@${hosts}`), /names several hosts: give it one name/);
    assert.match(await start("postgres://somebody:hunter2@db/x?sslmode=prefer"), /sslmode must be disable, require/);
    assert.match(await start(schema.url.replace("search_path%3D", "search_path%3Dabsent_")), /has no schema to use/);
  });

  it("encrypts and verifies where sslmode asks for it, whatever else the address says", () => {
    assert.deepEqual(connectOptions("postgres://u:p@db/x"), { connectionString: "postgres://u:p@db/x" });
    for (const mode of ["require", "verify-ca", "verify-full"]) {
      const url = `postgres://u:p@db/x?sslmode=${mode}&uselibpqcompat=true&ssl=0&sslrootcert=/a%20b`;
      assert.deepEqual(connectOptions(url), { connectionString: "postgres://u:p@db/x?sslrootcert=%2Fa%20b", ssl: {} });
    }
    assert.equal(nameOfDatabase("postgres://u:p@w@db:5432/x?host=/tmp"), "/tmp db:5432/x");
  });

  it("names a host that is reached in the clear, and none that is this one", () => {
    const plain = ["db/x", "u:p@db:5432/x?sslmode=disable", "u@[2001:db8::1]:5432/x", "u@localhost/x?host=db"];
    assert.deepEqual(
      plain.map((rest) => plainHost(`postgres://${rest}`)),
      ["db", "db", "[2001:db8::1]", "db"],
    );
    const fine = [
      "u@db/x?sslmode=verify-full",
      "/x",
      "u@127.0.0.1:5432/x",
      "u@[::1]/x",
      "u@localhost/x",
      "u@/x?host=/tmp",
    ];
    for (const rest of fine) assert.equal(plainHost(`postgres://${rest}`), null, rest);
  });

  it("is looked at without a change: its version, and what the next start will do", async () => {
    await using schema = await createTestSchema();
    const before = await inspectPostgres(schema.url);
    assert.match(before.version, /^\d+\.\d+/);
    assert.ok(before.pending.includes("0001-first-tables"));
    assert.deepEqual(await schema.sql("select 1 from pg_tables where schemaname = current_schema()"), []);
    await (await openStore(schema)).close();
    assert.deepEqual((await inspectPostgres(schema.url)).pending, []);
  });
});
