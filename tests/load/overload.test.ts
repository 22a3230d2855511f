import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { drawnPicture } from "../support/seeded-server.ts";
import { type ServerProcess, startServerProcess, temporaryFolder } from "../support/server-process.ts";

/** One process that looks at pictures, and its queue (docs/reference/limits.md): so many callers keep it full. */
const CALLERS = 1 + 32;
const TIMES = 10;
const PHASE_MS = 5_000;
const ROUNDS = 3;
const TICK_MS = 20;
/** On a slow machine some of them wait too long, are refused, and do as they are told. */
const RETRY_AFTER_MS = 1_000;
/** What a machine that does ten times as much beside it adds to those who are served. */
const MOST_SLOWER = 1.5;
const LEAST_GOODPUT = 0.8;

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN;

/** What callers met in all phases of one kind. */
interface Met {
  readonly tookMs: number[];
  readonly refused: { readonly status: number; readonly retryAfter: string | null }[];
  elapsedMs: number;
}

describe("ten times as many authentications as the engine can look at", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: ServerProcess;
  let image: string;
  before(async () => {
    folder = await temporaryFolder();
    const env = { SAMEFACE_LOG_LEVEL: "error", SAMEFACE_ENGINE_PROCESSES: "1" };
    server = await startServerProcess({ folder: folder.path, env });
    image = await drawnPicture({ person: 12, take: 1 });
    const body = { image: await drawnPicture({ person: 12, take: 0 }), consent: { reference: "load" } };
    assert.equal((await server.call("/v1/customers/anna", { method: "PUT", body })).status, 201);
  });
  after(async () => {
    await server.stop("SIGKILL");
    await folder[Symbol.asyncDispose]();
  });

  /** @returns whether it was served */
  async function authenticate({ tookMs, refused }: Met): Promise<boolean> {
    const startedMs = performance.now();
    const body = { customerId: "anna", image };
    const { status, headers } = await server.call("/v1/authentications", { method: "POST", body });
    if (status === 200) tookMs.push(performance.now() - startedMs);
    else refused.push({ status, retryAfter: headers.get("retry-after") });
    return status === 200;
  }

  /** Callers who wait for their answer before they ask again: as many as are all served. */
  async function saturate(met: Met): Promise<void> {
    const startedMs = performance.now();
    await Promise.all(
      Array.from({ length: CALLERS }, async () => {
        while (performance.now() - startedMs < PHASE_MS) if (!(await authenticate(met))) await delay(RETRY_AFTER_MS);
      }),
    );
    met.elapsedMs += performance.now() - startedMs;
  }

  /** Callers who come whatever the others are answered. */
  async function flood(met: Met, perSecond: number): Promise<void> {
    const startedMs = performance.now();
    const open: Promise<boolean>[] = [];
    while (performance.now() - startedMs < PHASE_MS) {
      const due = ((performance.now() - startedMs) / 1_000) * perSecond;
      while (open.length < due) open.push(authenticate(met));
      await delay(TICK_MS);
    }
    await Promise.all(open);
    met.elapsedMs += performance.now() - startedMs;
  }

  it("are refused with 503 and Retry-After but for those it can, which are as many and as fast as ever", {
    timeout: 120_000,
  }, async (t) => {
    const full: Met = { tookMs: [], refused: [], elapsedMs: 0 };
    const over: Met = { tookMs: [], refused: [], elapsedMs: 0 };
    const perSecond = ({ tookMs, elapsedMs }: Met): number => tookMs.length / (elapsedMs / 1_000);
    await saturate({ tookMs: [], refused: [], elapsedMs: 0 }); // what is compiled on the way is nobody's share
    for (let round = 0; round < ROUNDS; round += 1) {
      await saturate(full);
      await flood(over, TIMES * perSecond(full));
    }
    assert.ok(full.refused.length < full.tookMs.length);
    const [capacity, goodput] = [perSecond(full), perSecond(over)];
    const [alone, beside] = [percentile(full.tookMs, 0.99), percentile(over.tookMs, 0.99)];
    const asked = (over.tookMs.length + over.refused.length) / (over.elapsedMs / 1_000);
    const rounded = { capacity, asked, goodput, p99FullMs: alone, p99OverMs: beside };
    const figures = Object.fromEntries(Object.entries(rounded).map(([name, value]) => [name, Math.round(value)]));
    t.diagnostic(`overload ${JSON.stringify(figures)}`);
    for (const { status, retryAfter } of over.refused) assert.deepEqual([status, retryAfter], [503, "1"]);
    assert.ok(over.refused.length > over.tookMs.length, "most are refused");
    assert.ok(goodput >= LEAST_GOODPUT * capacity, `${goodput} a second, ${capacity} without the flood`);
    assert.ok(beside <= MOST_SLOWER * alone, `p99 ${beside} ms, ${alone} ms without the flood`);
    assert.equal((await server.call("/readyz")).status, 200);
  });
});
