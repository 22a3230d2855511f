import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { systemClock } from "../../clock.ts";
import { AUDIT, newDecision, newId, random, refOf, TENANT } from "../conformance/bench.fixture.ts";
import { storeOver } from "../queries/store-over.ts";
import { createStoreClock } from "../store-clock.ts";
import { createSqliteStore, DATABASE_FILE } from "./create-sqlite-store.ts";
import { openReader, openWriter } from "./open-database.ts";
import { createSqliteBackend } from "./sqlite-backend.ts";

const folder = mkdtempSync(join(tmpdir(), "sameface-full-"));
after(() => {
  rmSync(folder, { recursive: true });
});

const isFull = { code: "full" };

describe("a SQLite store whose disk is full", () => {
  it("refuses decisions and says so when it is pinged, reads on, and goes on when there is room", async () => {
    const made = await createSqliteStore({ folder, clock: systemClock, random });
    await made.createTenant({ tenantId: TENANT, name: "Tenant A", audit: AUDIT });
    await made.close();
    const writer = openWriter(join(folder, DATABASE_FILE));
    const reader = openReader(join(folder, DATABASE_FILE));
    const store = storeOver(
      createSqliteBackend({
        writer,
        reader,
        clock: systemClock,
        random,
        ...createStoreClock(systemClock),
        nextTurn: async () => {
          await Promise.resolve();
        },
        release: () => {
          reader.close();
          writer.close();
        },
      }),
    );
    await store.ping();
    const pages = Number(writer.prepare("pragma page_count").get()?.["page_count"]);
    writer.exec(`pragma max_page_count = ${pages + 2}`);
    const acknowledged: string[] = [];
    for (let isRefused = false; !isRefused; ) {
      const event = { eventId: newId(), body: Buffer.alloc(2_000, "x") };
      const decision = newDecision(refOf(newId()), { event });
      const result = await store.recordDecision(decision).catch((fault: unknown) => fault);
      isRefused = result instanceof Error;
      if (isRefused) assert.equal((result as { code?: string }).code, "full");
      else acknowledged.push(event.eventId);
    }
    // What a ping writes fits into the pages that are there: it is told by what was refused before.
    await assert.rejects(store.ping(), isFull);
    await assert.rejects(store.ping(), isFull);
    const feed = { tenantId: TENANT, after: null, limit: 500 };
    assert.deepEqual(
      (await store.listEvents(feed)).items.map((one) => one.eventId),
      acknowledged,
    );
    writer.exec("pragma max_page_count = 100000");
    await Promise.all([store.ping(), store.ping()]);
    await store.ping();
    const told = (await store.listOperatorEvents(feed)).items;
    assert.deepEqual(
      told.map((one) => one.type),
      ["store.full"],
      "operators are told once",
    );
    assert.equal((await store.recordDecision(newDecision(refOf("later")))).kind, "recorded");
    assert.equal((await store.listEvents(feed)).items.length, acknowledged.length + 1);
    assert.deepEqual({ ...writer.prepare("pragma integrity_check").get() }, { integrity_check: "ok" });
    await store.close();
  });
});
