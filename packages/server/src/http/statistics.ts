import type { Static } from "typebox";
import { Statistics, StatisticsQuery } from "../api/index.ts";
import type { Clock } from "../clock.ts";
import type { HourCounts } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { bind, defineRoute, type ProblemAnswer, problem, type Route, timestamp } from "./route.ts";

const DAY_MS = 86_400_000;
/** Rows of one answer: a year of hours. */
const LONGEST_MS = 366 * DAY_MS;

export const STATISTICS_SHAPES = {
  read: defineRoute({
    operationId: "readStatistics",
    method: "GET",
    path: "/v1/statistics",
    summary: "Authentications, attempts and ended deliveries by the hour, for charts; the last 24 hours by default",
    scopes: ["events:read"],
    query: StatisticsQuery,
    answers: { 200: { description: "The hours from `from` to before `to`, at most 366 days", schema: Statistics } },
    problems: [],
  }),
};

/** The route of counts by the hour. */
export function statisticsRoutes({
  store,
  clock,
}: {
  readonly store: Pick<Store, "readHourly">;
  readonly clock: Pick<Clock, "nowMs">;
}): readonly Route[] {
  return [
    bind(STATISTICS_SHAPES.read, async ({ caller, query }) => {
      const span = spanOf(query, clock.nowMs());
      if ("problem" in span) return span;
      const hours = await store.readHourly({ tenantId: caller.tenantId, ...span });
      return { status: 200, json: { hours: hours.map(hourView) } satisfies Statistics };
    }),
  ];
}

/** The span that was asked for, the last 24 hours by default. */
export function spanOf(
  { from, to }: Static<typeof StatisticsQuery>,
  nowMs: number,
): { readonly fromMs: number; readonly toMs: number } | ProblemAnswer {
  const toMs = to === undefined ? nowMs : Date.parse(to);
  const fromMs = from === undefined ? toMs - DAY_MS : Date.parse(from);
  if (fromMs < toMs && toMs - fromMs <= LONGEST_MS) return { fromMs, toMs };
  return problem("validation", "`from` must be a time before `to`, at most 366 days.");
}

/** One hour as the API tells it. */
export function hourView({ hourMs, ...counts }: HourCounts): Statistics["hours"][number] {
  return { hour: timestamp(hourMs), ...counts };
}
