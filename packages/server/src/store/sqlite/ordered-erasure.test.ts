import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, it } from "node:test";
import { systemClock } from "../../clock.ts";
import { AUDIT, addEndpoint, decide, newId, openBench, random, refOf } from "../conformance/bench.fixture.ts";
import { createSqliteStore } from "./create-sqlite-store.ts";

describe("an erasure", () => {
  it("takes out of an ordered endpoint's deliveries whose they were, so that they are nobody's together", async () => {
    const parent = await mkdtemp(join(tmpdir(), "sameface-ordered-"));
    const folder = join(parent, "data");
    const store = await createSqliteStore({ folder, clock: systemClock, random });
    const bench = await openBench(async () => await Promise.resolve({ store, dispose: async () => {} }));
    await addEndpoint(bench, { ordered: true });
    for (const name of ["anna", "ben"]) await decide(bench, { ref: refOf(name) });
    await store.eraseCustomer({ ...refOf("anna"), receiptId: newId(), audit: AUDIT });
    await store.close();
    {
      using database = new DatabaseSync(join(folder, "sameface.db"), { readOnly: true });
      const rows = database.prepare("select status, ordered_by from deliveries order by sequence").all();
      assert.deepEqual(
        rows.map((row) => [row["status"], row["ordered_by"]]),
        [
          ["skipped", null],
          ["pending", refOf("ben").subject],
        ],
      );
    }
    await rm(parent, { recursive: true });
  });
});
