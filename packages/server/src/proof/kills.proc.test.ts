import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { createTestSchema, needsPostgres } from "../store/postgres/test-database.fixture.ts";
import { DATABASE_FILE } from "../store/sqlite/create-sqlite-store.ts";
import { KILL_POINTS } from "./kill-points.fixture.ts";
import { sqliteChange, sqliteSelect } from "./read-rows.fixture.ts";
import { type KillReport, runKills } from "./run-kills.fixture.ts";

const MASTER_KEY = Buffer.alloc(32, 7).toString("base64");

/** 50 over both stores: each point at least twice on each. */
const KILLS = Number(process.env["SAMEFACE_TEST_KILLS"] ?? "50") / 2;

/** What was done by then is judged. */
const MINUTES = Number(process.env["SAMEFACE_TEST_KILL_MINUTES"] ?? "90");
const LONGEST_MS = (MINUTES + 15) * 60_000;
const PLAN = { kills: KILLS, minutes: MINUTES };

/** @see checkStory */
const LOST = /^(?:lost|I1):/;

function judge(name: string, report: KillReport): void {
  const { violations, kills, ...counts } = report;
  const lost = violations.filter((one) => LOST.test(one)).length;
  const figures = { kills, of: KILLS, lost, violations: violations.length, ...counts };
  console.log(`told: ${name}: ${JSON.stringify(figures)}`);
  assert.deepEqual(violations, []);
  assert.ok(report.acknowledged > report.kills, "too few acknowledged to mean anything");
  // Each kill lets what was in flight or unrecorded be sent once more: thirty of each endpoint at most (T13), and in this
  // stream far fewer.
  assert.ok(report.duplicates <= report.kills * 20);
  // Each in its turn; one that was not reached in time struck at a random moment.
  const turns = Math.floor(report.kills / KILL_POINTS.length);
  for (const point of KILL_POINTS)
    assert.ok(report.at[point] >= turns / 2, `${point} struck ${report.at[point]} times`);
}

// Both at the same time: half of it is waiting for disks, leases and retries.
describe("a server that is killed at named points under a stream of calls", { concurrency: true }, () => {
  it("loses nothing, invents nothing and repeats no event under another body: SQLite", {
    timeout: LONGEST_MS,
  }, async () => {
    const parent = await mkdtemp(join(tmpdir(), "sameface-kills-"));
    const folder = join(parent, "data");
    const env = { SAMEFACE_DATA: folder, NODE_COMPILE_CACHE: join(parent, "compiled") };
    const file = join(folder, DATABASE_FILE);
    const sql = { select: sqliteSelect(file), change: sqliteChange(file) };
    judge("SQLite", await runKills({ ...PLAN, name: "SQLite", seed: 4711, env, ...sql }));
    await rm(parent, { recursive: true });
  });

  it("loses nothing, invents nothing and repeats no event under another body: PostgreSQL", {
    timeout: LONGEST_MS,
    ...needsPostgres(),
  }, async () => {
    await using schema = await createTestSchema();
    const parent = await mkdtemp(join(tmpdir(), "sameface-kills-"));
    const env = {
      SAMEFACE_DATA: join(parent, "data"),
      NODE_COMPILE_CACHE: join(parent, "compiled"),
      SAMEFACE_DATABASE_URL: schema.url,
      SAMEFACE_MASTER_KEY: MASTER_KEY,
    };
    const change = async (text: string): Promise<void> => {
      await schema.sql(text);
    };
    const plan = { ...PLAN, name: "PostgreSQL", seed: 815, env, select: schema.sql, change };
    judge("PostgreSQL", await runKills(plan));
    await rm(parent, { recursive: true });
  });
});
