import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { WORKER_LIMITS } from "../../delivery/worker.ts";
import { type Arrival, type ComebackReport, RATE_A_SECOND, RATED_OF, runComeback } from "./comeback-report.fixture.ts";

const HOUR_MS = 3_600_000;
const OUTAGE_MS = 6 * HOUR_MS;
/** F24 speaks of 10,000; these fit in the lane, and the setting takes any number. */
const ENDPOINTS = Number(process.env["SAMEFACE_SIM_ENDPOINTS"] ?? 400);
const BUCKET_MS = 600_000;

describe(`${ENDPOINTS} endpoints that come back after six hours`, () => {
  let report: ComebackReport = { arrivals: [], deliveries: 0, delivered: 0 };
  let taken: readonly Arrival[] = [];
  before(async () => {
    report = await runComeback({ endpoints: ENDPOINTS, outageMs: OUTAGE_MS });
    taken = report.arrivals.filter((one) => one.taken);
  });

  it("get all that waited for them, each once", () => {
    assert.ok(report.deliveries >= 2 * ENDPOINTS);
    assert.equal(report.delivered, report.deliveries);
    assert.equal(taken.length, report.deliveries);
  });

  it("are asked one at a time until they answer, and get twice as much at once with each answer", () => {
    let most = 0;
    for (let n = 0; n < ENDPOINTS; n += 1) {
      const requests = taken.filter(({ endpoint }) => endpoint === n);
      assert.ok(requests.length > 0, `endpoint ${n} got nothing`);
      for (const { endpoint, atMs } of requests) {
        const atOnce = requests.filter((one) => one.atMs <= atMs && one.untilMs > atMs).length;
        const answered = requests.filter((one) => one.untilMs <= atMs).length;
        const mostAtOnce = Math.min(WORKER_LIMITS.perEndpoint, 2 ** answered);
        assert.ok(atOnce <= mostAtOnce, `${endpoint}: ${atOnce} at once after ${answered} answers`);
        most = Math.max(most, atOnce);
      }
    }
    assert.ok(most > 1, "none ever had more than one request at once: nothing was held back");
  });

  it("get no more a second than their owner allows", () => {
    for (let n = 0; n < ENDPOINTS; n += RATED_OF) {
      const requests = taken.filter(({ endpoint }) => endpoint === n);
      for (const { atMs } of requests) {
        const within = requests.filter((one) => one.atMs >= atMs && one.atMs < atMs + 1_000).length;
        assert.ok(within <= RATE_A_SECOND + 1, `${within} in a second`);
      }
    }
  });

  it("are served without a wave: no ten minutes carry twice as much as the hours around them", () => {
    const buckets: number[] = [];
    for (const { atMs } of taken) {
      const at = Math.floor((atMs - OUTAGE_MS) / BUCKET_MS);
      buckets[at] = (buckets[at] ?? 0) + 1;
    }
    const counts = Array.from({ length: buckets.length }, (_, at) => buckets[at] ?? 0);
    assert.ok(counts.length >= 12, "it takes hours");
    for (const [at, count] of counts.entries()) {
      const around = counts.slice(Math.max(0, at - 6), at + 7);
      const steady = around.reduce((sum, one) => sum + one, 0) / around.length;
      assert.ok(
        count <= 2 * steady,
        `${count} after ${(at * BUCKET_MS) / 60_000} min, ${steady} around: ${counts.join(" ")}`,
      );
    }
  });
});
