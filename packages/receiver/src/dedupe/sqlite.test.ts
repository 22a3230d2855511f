import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { after, describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import { testClock } from "../signed.fixture.ts";
import { dedupeConformance, type OpenStore } from "./dedupe.conformance.ts";
import { inboxConformance } from "./inbox.conformance.ts";
import type { RaceInput } from "./race.fixture.ts";
import { createSqliteStore, type SqliteDriver } from "./sqlite.ts";

const DAY_MS = 24 * 3_600_000;
const folder = mkdtempSync(join(tmpdir(), "sameface-receiver-"));
let files = 0;

after(() => {
  rmSync(folder, { recursive: true });
});

function newFile(): string {
  files += 1;
  return join(folder, `${files}.sqlite`);
}

function entry(id: string): { id: string; bodyHash: string; leaseMs: number } {
  return { id, bodyHash: "aa", leaseMs: 60_000 };
}

function countRows(database: DatabaseSync): unknown {
  return database.prepare("SELECT count(*) AS rows FROM sameface_received").get()?.["rows"];
}

const open: OpenStore = (options) => createSqliteStore(new DatabaseSync(newFile()), options);
dedupeConformance("SQLite", open);
inboxConformance("SQLite", open);

describe("createSqliteStore", () => {
  it("is one store over two handles of one file", async () => {
    const file = newFile();
    const one = createSqliteStore(new DatabaseSync(file));
    const two = createSqliteStore(new DatabaseSync(file));
    const begun = await one.begin(entry("a"));
    assert.ok(begun.kind === "first");
    assert.equal((await two.begin(entry("a"))).kind, "running");
    await one.done({ id: "a", token: begun.token });
    assert.equal((await two.begin(entry("a"))).kind, "done");
  });

  it("remembers over a restart what was done, and takes over what was not when its lease ends", async () => {
    const clock = testClock();
    const file = newFile();
    const before = new DatabaseSync(file);
    const store = createSqliteStore(before, clock);
    const done = await store.begin(entry("done"));
    assert.ok(done.kind === "first");
    await store.done({ id: "done", token: done.token });
    await store.begin(entry("died in the handler"));
    before.close();
    const reopened = createSqliteStore(new DatabaseSync(file), clock);
    assert.equal((await reopened.begin(entry("done"))).kind, "done");
    assert.equal((await reopened.begin(entry("died in the handler"))).kind, "running");
    clock.ms += 60_000;
    assert.equal((await reopened.begin(entry("died in the handler"))).kind, "first");
  });

  it("lets one of four threads begin each id when they race over one file", async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `id-${index}`);
    const input: RaceInput = { file: newFile(), threads: 4, ids, gate: new SharedArrayBuffer(4) };
    const threads = Array.from({ length: 4 }, async () => {
      const worker = new Worker(new URL("./race.fixture.ts", import.meta.url), { workerData: input });
      const [first] = (await once(worker, "message")) as [string[]];
      await worker.terminate();
      return first;
    });
    const begun = (await Promise.all(threads)).flat();
    assert.deepEqual(begun.sort(), [...ids].sort());
  });

  it("begins anew when another process forgets the id between its two statements", async () => {
    const clock = testClock();
    const file = newFile();
    const other = new DatabaseSync(file);
    const database = new DatabaseSync(file);
    // The other process acts just before the second statement, the read.
    const driver: SqliteDriver = {
      exec: (sql) => {
        database.exec(sql);
      },
      prepare: (sql) => {
        const statement = database.prepare(sql);
        const run = (...values: SQLInputValue[]): unknown => statement.run(...values);
        const all = (...values: SQLInputValue[]): unknown[] => {
          if (sql.startsWith("SELECT")) other.exec("DELETE FROM sameface_received");
          return statement.all(...values);
        };
        return { all, run };
      },
    };
    const store = createSqliteStore(driver, clock);
    await store.begin(entry("a"));
    assert.equal((await store.begin(entry("a"))).kind, "first");
  });

  it("frees the rows that are older than its memory, runs that never ended included", async () => {
    const clock = testClock();
    const database = new DatabaseSync(newFile());
    const store = createSqliteStore(database, clock);
    await store.begin(entry("never ends"));
    const begun = await store.begin(entry("a"));
    assert.ok(begun.kind === "first");
    await store.done({ id: "a", token: begun.token });
    assert.equal(countRows(database), 2);
    clock.ms += 31 * DAY_MS;
    await store.begin(entry("b"));
    await store.done({ id: "b", token: 1 });
    assert.equal(countRows(database), 1);
  });

  it("says what the database says when it can't be used", async () => {
    const database = new DatabaseSync(newFile());
    const store = createSqliteStore(database);
    database.close();
    await assert.rejects(async () => await store.begin(entry("a")), /not open|finalized/);
  });
});
