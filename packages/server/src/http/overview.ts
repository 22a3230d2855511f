import { Overview, StatisticsQuery } from "../api/index.ts";
import type { Clock } from "../clock.ts";
import type { Overview as StoredOverview } from "../store/ledger.ts";
import type { Store } from "../store/store.ts";
import { bind, defineRoute, type Route, timestamp } from "./route.ts";
import { hourView, spanOf } from "./statistics.ts";

const SCOPES = ["events:read"] as const;

export const OVERVIEW_SHAPES = {
  read: defineRoute({
    operationId: "readOverview",
    method: "GET",
    path: "/v1/overview",
    summary:
      "How the tenant stands: hours, what waits, how long it takes, endpoints, silence; the last 24 hours by default",
    scopes: SCOPES,
    query: StatisticsQuery,
    answers: { 200: { description: "The span from `from` to before `to`, at most 366 days", schema: Overview } },
    problems: [],
  }),
  live: defineRoute({
    operationId: "followLive",
    method: "GET",
    path: "/v1/live",
    summary:
      "Server-sent events: `pulse` after each event or delivery attempt, at most one a second; ends after a minute",
    scopes: SCOPES,
    answers: {
      200: { description: "A stream", schema: { type: "string" }, contentType: "text/event-stream" },
    },
    problems: ["overloaded"],
  }),
};

/** What the routes of the overview work with. */
export interface OverviewRouteParts {
  readonly store: Pick<Store, "readOverview" | "readPulse" | "readHourly">;
  readonly clock: Clock;
}

/** The routes of what a person looks at first. */
export function overviewRoutes(parts: OverviewRouteParts): readonly Route[] {
  const { store, clock } = parts;
  let followers = 0;
  const follow = async function* (tenantId: string, gone: AbortSignal): AsyncGenerator<string> {
    followers += 1;
    try {
      yield* pulses(parts, { tenantId, gone });
    } finally {
      followers -= 1;
    }
  };
  return [
    bind(OVERVIEW_SHAPES.read, async ({ caller: { tenantId }, query }) => {
      const span = spanOf(query, clock.nowMs());
      if ("problem" in span) return span;
      const where = { tenantId, ...span };
      const [hours, overview] = await Promise.all([store.readHourly(where), store.readOverview(where)]);
      return { status: 200, json: { hours: hours.map(hourView), ...overviewView(overview) } satisfies Overview };
    }),
    bind(OVERVIEW_SHAPES.live, async ({ caller: { tenantId }, gone }) => {
      if (followers >= MOST_FOLLOWERS) return await Promise.resolve(TOO_MANY);
      return { status: 200, events: follow(tenantId, gone()) };
    }),
  ];
}

/** Each reads the store once a second. */
const MOST_FOLLOWERS = 100;
const TOO_MANY = { problem: "overloaded", detail: "Too many follow already.", retryAfterSeconds: 60 } as const;
const PULSE_EVERY_MS = 1_000;
/** A browser follows again by itself; who is signed out or whose key was revoked is refused then. */
const PULSES = 60;

async function* pulses(
  { store, clock }: OverviewRouteParts,
  { tenantId, gone }: { readonly tenantId: string; readonly gone: AbortSignal },
): AsyncGenerator<string> {
  let last = "";
  for (let n = 0; n < PULSES && !gone.aborted; n += 1) {
    const pulse = await store.readPulse({ tenantId });
    // A comment keeps the connection, and finds out that nobody is there any more.
    yield pulse === last ? ":\n\n" : `event: pulse\ndata: ${pulse}\n\n`;
    last = pulse;
    await sleep(clock, gone);
  }
}

async function sleep(clock: Clock, gone: AbortSignal): Promise<void> {
  if (gone.aborted) return;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const end = (): void => {
    resolve(undefined);
  };
  const cancel = clock.after(PULSE_EVERY_MS, end);
  gone.addEventListener("abort", end, { once: true });
  await promise;
  gone.removeEventListener("abort", end);
  cancel();
}

function overviewView({ endpoints, details, silence, ...counts }: StoredOverview): Omit<Overview, "hours"> {
  const totals = details.flatMap(totalOf).toSorted((a, b) => a - b);
  const at = (share: number): number => totals[Math.ceil(totals.length * share) - 1] ?? 0;
  return {
    waiting: { ...counts.waiting },
    mostCounted: counts.mostCounted,
    times: totals.length === 0 ? null : { count: totals.length, p50Ms: at(0.5), p95Ms: at(0.95) },
    endpoints: endpoints.map(({ endpointId, delivered, failed }) => ({
      id: endpointId,
      attempts: { delivered, failed },
    })),
    silence: silence === null ? null : { lastEventAt: timestamp(silence.lastEventAtMs), told: silence.told },
  };
}

/** Written by authenticate.ts alone; where nothing was measured there is nothing to tell. */
function totalOf(details: string): number[] {
  const { timings } = JSON.parse(details) as { readonly timings?: { readonly total?: number } };
  return timings?.total === undefined ? [] : [timings.total];
}
