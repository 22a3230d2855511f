import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { systemClock } from "../../clock.ts";
import {
  ALL,
  AUDIT,
  addEndpoint,
  type Bench,
  claimOne,
  decide,
  enrol,
  finish,
  newId,
  openBench,
  random,
  refOf,
  TENANT,
} from "../conformance/bench.fixture.ts";
import type { Store } from "../store.ts";
import { backUp, restore } from "./backup.ts";
import { createSqliteStore } from "./create-sqlite-store.ts";

const root = mkdtempSync(join(tmpdir(), "sameface-backup-"));
const newFolder = (): string => join(root, newId());
const clock = systemClock;
const ANN = refOf("ann");
const BEN = refOf("ben");

const benchIn = async (folder: string): Promise<Bench> =>
  await openBench(async (world) => {
    const store = await createSqliteStore({ ...world, clock, folder });
    const dispose = async (): Promise<void> => {
      await store.close();
    };
    return { store, dispose };
  });

const customersOf = async (store: Store): Promise<readonly string[]> => {
  const { items } = await store.listCustomers({ tenantId: TENANT, ...ALL, needsEnrolment: null });
  return items.map((one) => one.customerId);
};

const erase = async ({ store }: Pick<Bench, "store">, ref = ANN): Promise<unknown> =>
  await store.eraseCustomer({ ...ref, receiptId: newId(), audit: AUDIT });

after(() => {
  rmSync(root, { recursive: true });
});

describe("backup and restore of the data folder", () => {
  it("erases again whoever was erased after the backup, attempts without enrolment included, and nobody else (F46)", async () => {
    const folder = newFolder();
    const file = join(root, newId());
    const never = refOf("never-enrolled");
    await using bench = await benchIn(folder);
    await addEndpoint(bench);
    for (const ref of [ANN, BEN]) await decide(bench, { ref, readRevision: await enrol(bench, ref) });
    await decide(bench, { ref: never });
    backUp({ folder, file });
    assert.notEqual(readFileSync(file).indexOf("ann"), -1);
    for (const ref of [ANN, never]) await erase(bench, ref);
    const again = { folder, file, clock, random };
    await assert.rejects(restore({ ...again, replace: true }), { code: "folderInUse" });
    await bench.store.close();
    await assert.rejects(restore({ ...again, replace: false }), { code: "conflict" });
    assert.deepEqual(await restore({ ...again, replace: true }), { erasedAgain: 2 });
    const bytes = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
    for (const name of ["ann", "never-enrolled"]) {
      for (const one of bytes) assert.equal(one.indexOf(`"customerId":"${name}"`), -1);
    }
    const store = await createSqliteStore({ folder, clock, random });
    assert.deepEqual(await customersOf(store), ["ben"]);
    const { items } = await store.listAuthentications({ tenantId: TENANT, ...ALL, customerId: null, outcome: null });
    assert.deepEqual(
      items.map((one) => one.customerId),
      ["ben"],
    );
    await store.close();
  });

  it("does so too where a copy of the database is put back by hand, and lets who was enrolled again since stay", async () => {
    const folder = newFolder();
    const [before, between] = [join(root, newId()), join(root, newId())];
    await using bench = await benchIn(folder);
    await enrol(bench, ANN);
    backUp({ folder, file: before });
    await erase(bench);
    await enrol(bench, ANN);
    backUp({ folder, file: between });
    await bench.store.close();
    const open = async (file: string | null): Promise<readonly string[]> => {
      if (file !== null) writeFileSync(join(folder, "sameface.db"), readFileSync(file));
      const store = await createSqliteStore({ folder, clock, random });
      const found = await customersOf(store);
      await store.close();
      return found;
    };
    assert.deepEqual(await open(null), ["ann"]);
    assert.deepEqual(await open(before), []);
    assert.deepEqual(await open(between), ["ann"]);
    assert.deepEqual(await open(null), ["ann"]);
  });

  it("reads past a line that a kill cut short, and notes outside what only the database knows", async () => {
    const folder = newFolder();
    const file = `${folder}.tombstones`;
    await using bench = await benchIn(folder);
    await erase(bench);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const noted = readFileSync(file, "utf8");
    assert.match(noted, new RegExp(ANN.subject));
    writeFileSync(file, '\n{"tenantId":"tenant-a","subj');
    await bench.store.close();
    await (await createSqliteStore({ folder, clock, random })).close();
    assert.ok(readFileSync(file, "utf8").endsWith(noted));
  });

  it("sends again under the same ids what was in flight in the backup (F46)", async () => {
    const folder = newFolder();
    const file = join(root, newId());
    await using bench = await benchIn(folder);
    await addEndpoint(bench);
    const { event } = await decide(bench, { ref: BEN });
    const claimed = await claimOne(bench);
    backUp({ folder, file });
    await finish(bench, claimed);
    await bench.store.close();
    await restore({ folder, file, replace: true, clock, random });
    const later = { ...clock, nowMs: () => Date.now() + 60_000 };
    const store = await createSqliteStore({ folder, clock: later, random });
    const [again] = await store.claimDeliveries({ limit: 10, perEndpoint: 10, leaseMs: 1_000 });
    assert.deepEqual([again?.eventId, again?.deliveryId], [event.eventId, claimed.deliveryId]);
    assert.ok(again !== undefined && again.fencingToken > claimed.fencingToken);
    await store.close();
  });

  it("backs up while decisions are written, whole, readable by its owner alone, and never over a file", async () => {
    const folder = newFolder();
    const file = join(root, newId());
    await using bench = await benchIn(folder);
    const writing = Promise.all(Array.from({ length: 200 }, async () => await decide(bench)));
    backUp({ folder, file });
    await writing;
    await decide(bench);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(!existsSync(`${file}.partial`));
    assert.throws(
      () => {
        backUp({ folder, file });
      },
      { code: "conflict" },
    );
    await bench.store.ping();
    const target = newFolder();
    assert.deepEqual(await restore({ folder: target, file, replace: false, clock, random }), { erasedAgain: 0 });
  });

  it("refuses a file that is no backup, or was cut short, and leaves what stands", async () => {
    const folder = newFolder();
    const file = join(root, newId());
    await using bench = await benchIn(folder);
    await enrol(bench, BEN);
    for (let n = 0; n < 50; n += 1) await decide(bench);
    backUp({ folder, file });
    await bench.store.close();
    const bytes = readFileSync(file);
    const cut = join(root, newId());
    for (const text of [bytes.subarray(0, bytes.length / 2), Buffer.from("no database"), Buffer.alloc(0)]) {
      writeFileSync(cut, text);
      await assert.rejects(restore({ folder, file: cut, replace: true, clock, random }), { code: "unavailable" });
    }
    const store = await createSqliteStore({ folder, clock, random });
    assert.deepEqual(await customersOf(store), ["ben"]);
    await store.close();
  });
});
