import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";
import { systemClock } from "../clock.ts";
import { systemRandom as random } from "../random.ts";
import { createPostgresStore } from "../store/postgres/create-postgres-store.ts";
import { createTestSchema, needsPostgres } from "../store/postgres/test-database.fixture.ts";
import { createSqliteStore } from "../store/sqlite/create-sqlite-store.ts";
import type { Store } from "../store/store.ts";
import { unlockVault } from "./unlock-vault.ts";
import type { Vault } from "./vault.ts";

const FIXTURE = join(import.meta.dirname, "rewrapper-process.fixture.ts");
const CUSTOMERS = 400;
const TENANT = "default";
const AUDIT = { actor: "system", action: "test.done", target: "test:1", details: {} };
const newKey = (): string => Buffer.from(random.bytes(32)).toString("base64");
const refOf = (vault: Vault, customerId: string) => ({
  tenantId: TENANT,
  customerId,
  subject: vault.subject(TENANT, customerId),
});
const contextOf = (customerId: string): readonly string[] => ["template", TENANT, customerId];

async function fill(store: Store, vault: Vault): Promise<void> {
  await store.createTenant({ tenantId: TENANT, name: TENANT, audit: AUDIT });
  const enrolOne = async (at: number): Promise<void> => {
    const customerId = `customer-${at}`;
    const sealed = vault.seal(Buffer.from(customerId.repeat(100)), contextOf(customerId));
    const template = { interviewId: `i-${at}`, embedderId: "e", sealed, imageDigest: "d" };
    const rest = {
      consent: { reference: "c" },
      mode: "replace",
      maxTemplates: 5,
      revision: "r",
      audit: AUDIT,
    } as const;
    await store.enrol({ ...refOf(vault, customerId), ...rest, template });
  };
  for (let from = 0; from < CUSTOMERS; from += 20)
    await Promise.all(Array.from({ length: 20 }, (_, at) => enrolOne(from + at)));
}

/** @returns how many records open with this vault, and hold what was sealed */
async function readable(store: Store, vault: Vault): Promise<number> {
  let count = 0;
  for (let at = 0; at < CUSTOMERS; at += 1) {
    const customerId = `customer-${at}`;
    const customer = await store.readCustomer(refOf(vault, customerId));
    const [template] = customer?.templates ?? [];
    assert.ok(template !== undefined);
    const opened = vault.open(template.sealed, contextOf(customerId));
    if (Buffer.from(opened).toString() === customerId.repeat(100)) count += 1;
  }
  return count;
}

async function change(
  ...args: readonly string[]
): Promise<{ readonly signal: NodeJS.Signals | null; readonly told: string }> {
  const child = spawn(process.execPath, ["--conditions=@sameface/source", FIXTURE, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const told = text(child.stdout);
  const [, signal] = (await once(child, "exit")) as [unknown, NodeJS.Signals | null];
  return { signal, told: (await told).trim() };
}

/** Killed within a batch at four places, one of them in the second look over all; every time, all is still readable. */
async function killAndResume(place: string, open: () => Promise<Store>): Promise<void> {
  const [old, fresh] = [newKey(), newKey()];
  const unlock = async (store: Store, masterKeyText: string, otherKeyText: string | null) =>
    (await unlockVault({ meta: store, masterKeyText, otherKeyText, keyFile: "none.key", random })).vault;
  const inStore = async <T>(work: (store: Store) => Promise<T>): Promise<T> => {
    const store = await open();
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  };
  await inStore(async (store) => {
    await fill(store, await unlock(store, old, null));
  });
  let moved = 0;
  for (const killAt of [1, 130, 230, 450]) {
    const { signal, told } = await change(place, fresh, old, String(killAt));
    assert.deepEqual([signal, told], ["SIGKILL", ""]);
    await inStore(async (store) => {
      await assert.rejects(unlock(store, fresh, null), { code: "masterKeyMissing" });
      await assert.rejects(unlock(store, old, null), { code: "wrongMasterKey" });
      const cursor = await store.readMeta("rewrap");
      assert.ok(cursor !== null);
      const { records } = JSON.parse(Buffer.from(cursor).toString()) as { readonly records: number };
      assert.ok(records >= moved, "it went on where it was");
      moved = records;
      assert.equal(await readable(store, await unlock(store, fresh, old)), CUSTOMERS);
    });
  }
  const { signal, told } = await change(place, fresh, old);
  assert.deepEqual([signal, told], [null, `rewrapped ${CUSTOMERS - moved}`]);
  await inStore(async (store) => {
    assert.equal(await readable(store, await unlock(store, fresh, null)), CUSTOMERS);
    await assert.rejects(unlock(store, old, null), { code: "wrongMasterKey" });
  });
}

describe("a change of the master key that is killed within its batches", () => {
  it("goes on where it was, and at no time is a record unreadable: SQLite", async () => {
    const parent = await mkdtemp(join(tmpdir(), "sameface-rewrap-"));
    const folder = join(parent, "data");
    await killAndResume(folder, async () => await createSqliteStore({ folder, clock: systemClock, random }));
    await rm(parent, { recursive: true });
  });

  it("goes on where it was, and at no time is a record unreadable: PostgreSQL", needsPostgres(), async () => {
    await using schema = await createTestSchema();
    const { url } = schema;
    await killAndResume(url, async () => await createPostgresStore({ url, clock: systemClock, random }));
  });
});
