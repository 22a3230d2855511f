import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { Store } from "../store/store.ts";
import { realRandom } from "./claimed.fixture.ts";
import { type DeliveryStore, openDeliveryStore } from "./delivery-store.fixture.ts";
import { realClock } from "./real-clock.fixture.ts";
import { createSweeper, type Sweeper, type SweeperOptions, type SweepReport } from "./sweeper.ts";

const LIMITS = { batch: 2, restMs: 1, everyMs: 2 };
/** Nothing is kept: what was decided before this moment is old. */
const NOTHING = { keepDays: 0, customerDays: 36_500, random: realRandom, limits: LIMITS, clock: realClock } as const;

describe("sweeper", () => {
  let at: DeliveryStore;
  const begun: Sweeper[] = [];

  beforeEach(async () => {
    at = await openDeliveryStore();
  });
  afterEach(async () => {
    for (const sweeper of begun.splice(0)) await sweeper.stop();
    await at.close();
  });

  /** Starts one over this store; resolves when what it reported is wanted. */
  async function sweepUntil(
    store: SweeperOptions["store"],
    wanted: (reports: readonly SweepReport[]) => boolean,
  ): Promise<readonly SweepReport[]> {
    const { promise, resolve } = Promise.withResolvers<readonly SweepReport[]>();
    const reports: SweepReport[] = [];
    const report = (one: SweepReport): void => {
      reports.push(one);
      if (wanted(reports)) resolve(reports);
    };
    const sweeper = createSweeper({ ...NOTHING, store, report });
    begun.push(sweeper);
    sweeper.start();
    return await promise;
  }

  const feed = async (): Promise<number> =>
    (await at.store.listEvents({ tenantId: "default", after: null, limit: 10 })).items.length;

  const tenantOf = async (tenantId: string): Promise<void> => {
    const audit = { actor: "system", action: "tenant.created", target: "tenant", details: {} };
    await at.store.createTenant({ tenantId, name: tenantId, audit });
  };

  it("sweeps every tenant to the end, batch by batch", async () => {
    await tenantOf("a-tenant");
    for (let n = 0; n < 5; n += 1) await at.decide();
    // What was decided in the very millisecond of the sweep is left to the next.
    const reports = await sweepUntil(at.store, (all) => swept(all) === 5);
    assert.ok(reports.every((one) => one.kind === "swept" && one.tenantId === "default"));
    assert.equal(await feed(), 0);
  });

  it("looks again after a store that failed", async () => {
    await at.decide();
    let fails = true;
    const sweep: Store["sweep"] = async (where) => {
      if (!fails) return await at.store.sweep(where);
      fails = false;
      throw new Error("the disk is full");
    };
    const reports = await sweepUntil({ ...at.store, sweep }, (all) => swept(all) === 1);
    assert.deepEqual(
      reports.map((one) => one.kind),
      ["sweepFailed", "swept"],
    );
  });

  it("erases whom nobody has seen for as long as customers are kept, like any other erasure, and nobody else", async () => {
    const decided = Promise.withResolvers<SweepReport>();
    const customer = {
      tenantId: "default",
      customerId: "long-gone",
      subject: "subject-of-long-gone",
      revision: "r",
      consent: { reference: "c" },
      template: { interviewId: "i", embedderId: "e", sealed: Buffer.from("sealed"), imageDigest: "d" },
      mode: "replace",
      maxTemplates: 1,
      audit: { actor: "system", action: "customer.enrolled", target: "customer", details: {} },
    } as const;
    await at.store.enrol(customer);
    await at.store.ping();
    const store: SweeperOptions["store"] = {
      ...at.store,
      // In the place of three years: what is looked for is told in days.
      listUncontacted: async (where) => {
        assert.equal(where.forMs, 3 * 86_400_000);
        return await at.store.listUncontacted({ ...where, forMs: 0 });
      },
    };
    const sweeper = createSweeper({ ...NOTHING, customerDays: 3, store, report: decided.resolve });
    begun.push(sweeper);
    sweeper.start();
    assert.deepEqual(await decided.promise, { kind: "forgot", tenantId: "default", customers: 1 });
    assert.equal(await at.store.readCustomer(customer), null);
    const { items } = await at.store.listAudit({ tenantId: "default", after: null, limit: 100 });
    const last = items.at(-1);
    assert.deepEqual(
      [last?.actor, last?.action, last?.target, last?.details["reason"]],
      ["system", "customer.erased", "customer:subject-of-long-gone", "retention"],
    );
  });

  it("ends after the batch under way", async () => {
    for (let n = 0; n < 5; n += 1) await at.decide();
    const { promise: stopped, resolve } = Promise.withResolvers<undefined>();
    let batches = 0;
    const sweep: Store["sweep"] = async (where) => {
      batches += 1;
      void sweeper.stop().then(() => {
        resolve(undefined);
      });
      return await at.store.sweep(where);
    };
    const sweeper = createSweeper({ ...NOTHING, store: { ...at.store, sweep }, report: () => undefined });
    sweeper.start();
    await stopped;
    sweeper.start();
    assert.equal(batches, 1);
    assert.equal(await feed(), 3);
  });
});

const swept = (reports: readonly SweepReport[]): number =>
  reports.reduce((sum, one) => sum + (one.kind === "swept" ? one.events : 0), 0);
