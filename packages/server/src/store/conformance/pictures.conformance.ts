import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { KeptPicture } from "../kept-pictures.ts";
import type { Decision } from "../store.ts";
import {
  AUDIT,
  type Bench,
  decide,
  enrol,
  newDecision,
  newId,
  type OpenStore,
  openBench,
  random,
  refOf,
  TENANT,
} from "./bench.fixture.ts";

const DAY_MS = 86_400_000;
const ANN = refOf("ann");
const picture = (days: number): KeptPicture => {
  return { sealed: random.bytes(5_000), format: "jpeg", orientation: 6, keepMs: days * DAY_MS };
};

/** Which of these attempts have a picture. */
async function kept({ store }: Bench, decisions: readonly Decision[], tenantId = TENANT): Promise<readonly boolean[]> {
  const authenticationIds = decisions.map((one) => one.authentication.authenticationId);
  const listed = await store.listPictures({ tenantId, authenticationIds });
  const found: boolean[] = [];
  for (const authenticationId of authenticationIds) {
    const read = await store.readPicture({ tenantId, authenticationId });
    assert.equal(
      read !== null,
      listed.some((one) => one.authenticationId === authenticationId),
    );
    found.push(read !== null);
  }
  return found;
}

/** A sweep to its end: what happened is kept for a hundred days. */
async function sweep({ store }: Bench): Promise<void> {
  let after: number | null = null;
  do {
    after = (await store.sweep({ tenantId: TENANT, olderThanMs: 100 * DAY_MS, after, limit: 500 })).next;
  } while (after !== null);
}

export function pictureConformance(open: OpenStore): void {
  describe("kept pictures", () => {
    it("stand with their decision and are told as they were given, and without one there is none", async () => {
      await using bench = await openBench(open);
      const given = picture(3);
      const [one, other] = [await decide(bench, { ref: ANN, kept: given }), await decide(bench)];
      assert.deepEqual(await kept(bench, [one, other]), [true, false]);
      const { authenticationId } = one.authentication;
      const read = await bench.store.readPicture({ tenantId: TENANT, authenticationId });
      const { sealed, ...facts } = read ?? assert.fail("it is kept");
      assert.deepEqual(Buffer.from(sealed), Buffer.from(given.sealed));
      const createdAtMs = bench.nowMs();
      const keptUntilMs = createdAtMs + 3 * DAY_MS;
      const about = { authenticationId, customerId: "ann", format: "jpeg", orientation: 6 };
      assert.deepEqual(facts, { ...about, createdAtMs, keptUntilMs });
      assert.deepEqual(await kept(bench, [one], "tenant-b"), [false]);
    });

    it("are not there where their decision was refused", async () => {
      await using bench = await openBench(open);
      const late = newDecision(ANN, { readRevision: "another", kept: picture(3) });
      assert.equal((await bench.store.recordDecision(late)).kind, "customerChanged");
      const twice = await decide(bench, { kept: picture(3) });
      const again = { ...newDecision(ANN, { kept: picture(3) }), event: twice.event };
      await assert.rejects(bench.store.recordDecision(again), { code: "conflict" });
      assert.deepEqual(await kept(bench, [late, twice, again]), [false, true, false]);
    });

    it("are swept to the millisecond when their time is up, many of them, and others stay", async () => {
      await using bench = await openBench(open);
      const many: Decision[] = [];
      for (let n = 0; n < 120; n += 1) many.push(await decide(bench, { kept: picture(3) }));
      const longer = await decide(bench, { kept: picture(4) });
      bench.advance(3 * DAY_MS - 1);
      await sweep(bench);
      assert.ok((await kept(bench, many)).every(Boolean));
      bench.advance(1);
      await sweep(bench);
      assert.ok(!(await kept(bench, many)).some(Boolean));
      assert.deepEqual(await kept(bench, [longer]), [true]);
    });

    it("go with their attempt, however long they were to be kept", async () => {
      await using bench = await openBench(open);
      const old = await decide(bench, { kept: picture(1_000) });
      bench.advance(1);
      const young = await decide(bench, { kept: picture(1_000) });
      bench.advance(100 * DAY_MS);
      await sweep(bench);
      assert.deepEqual(await kept(bench, [old, young]), [false, true]);
    });

    it("are kept for as long as the policy says by now where that is shorter, and never for longer", async () => {
      await using bench = await openBench(open);
      const one = await decide(bench, { kept: picture(10) });
      const policy = { tenantId: TENANT, policy: "{}", audit: AUDIT };
      await bench.store.writePolicy({ ...policy, keepPicturesMs: 2 * DAY_MS });
      await bench.store.writePolicy({ ...policy, keepPicturesMs: 30 * DAY_MS });
      bench.advance(2 * DAY_MS);
      await sweep(bench);
      assert.deepEqual(await kept(bench, [one]), [false]);
      const another = await decide(bench, { kept: picture(10) });
      await bench.store.writePolicy({ ...policy, keepPicturesMs: 0 });
      await sweep(bench);
      assert.deepEqual(await kept(bench, [another]), [false]);
    });

    it("are erased with their customer and counted, and nobody else's", async () => {
      await using bench = await openBench(open);
      const readRevision = await enrol(bench, ANN);
      const hers = await decide(bench, { ref: ANN, readRevision, kept: picture(3) });
      const others = await decide(bench, { kept: picture(3) });
      const counts = await bench.store.eraseCustomer({ ...ANN, receiptId: newId(), audit: AUDIT });
      assert.equal(counts["pictures"], 1);
      assert.deepEqual(await kept(bench, [hers, others]), [false, true]);
    });
  });
}
