import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { systemClock } from "../clock.ts";
import { systemRandom } from "../random.ts";
import { createSqliteStore } from "../store/sqlite/create-sqlite-store.ts";
import type { Store } from "../store/store.ts";
import { hashApiKey, isWellFormedApiKey, makeApiKey } from "./api-key.ts";
import { ensureRootKey } from "./root-key.ts";

describe("ensureRootKey", () => {
  let store: Store;
  let parent: string;
  before(async () => {
    parent = await mkdtemp(join(tmpdir(), "sameface-root-"));
    store = await createSqliteStore({ folder: join(parent, "data"), clock: systemClock, random: systemRandom });
  });
  after(async () => {
    await store.close();
    await rm(parent, { recursive: true, force: true });
  });

  const ensure = async (adminKey: string | null): Promise<string | null> =>
    await ensureRootKey({ store, random: systemRandom, adminKey });
  const lives = async (key: string): Promise<boolean> => {
    const found = await store.findKey(hashApiKey(key));
    return found !== null && found.revokedAtMs === null && found.scopes.includes("root");
  };

  it("makes a key at the first start and none at the next; the setting replaces it, a changed setting replaces that", async () => {
    const made = await ensure(null);
    assert.ok(made !== null && isWellFormedApiKey(made));
    assert.equal(await ensure(null), null);
    assert.ok(await lives(made));
    const [a, b] = ["a".repeat(32), "b".repeat(32)];
    assert.equal(await ensure(a), null);
    assert.deepEqual([await lives(made), await lives(a)], [false, true]);
    await ensure(b);
    assert.deepEqual([await lives(a), await lives(b)], [false, true]);
    await ensure(a);
    assert.deepEqual([await lives(a), await lives(b)], [true, false]);
    assert.equal(await ensure(null), null);
    assert.ok(await lives(a));
  });
});

describe("API keys as texts", () => {
  it("have at least 128 random bits, no two alike, and a checksum that finds every slip of one character", () => {
    const keys = new Set(Array.from({ length: 1_000 }, () => makeApiKey(systemRandom)));
    assert.equal(keys.size, 1_000);
    const [key = ""] = keys;
    assert.ok(isWellFormedApiKey(key));
    for (let at = 4; at < key.length; at += 1) {
      const other = key[at] === "A" ? "B" : "A";
      assert.equal(isWellFormedApiKey(key.slice(0, at) + other + key.slice(at + 1)), false);
    }
    for (const text of ["", "sfk_", key.slice(1), `${key}A`, key.toLowerCase()])
      assert.equal(isWellFormedApiKey(text), false);
  });

  it("use every digit about equally often", () => {
    const counts = new Map<string, number>();
    for (let n = 0; n < 2_000; n += 1) {
      for (const digit of makeApiKey(systemRandom).slice(4, 26)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
    }
    // 44,000 draws over 62 digits: 710 expected, standard deviation 26.
    assert.equal(counts.size, 62);
    for (const [digit, count] of counts) assert.ok(count > 530 && count < 890, `${digit}: ${count}`);
  });
});
