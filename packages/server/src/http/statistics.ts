import { Statistics, StatisticsQuery } from "../api/index.ts";
import type { Clock } from "../clock.ts";
import type { Store } from "../store/store.ts";
import { bind, defineRoute, problem, type Route, timestamp } from "./route.ts";

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
      const toMs = query.to === undefined ? clock.nowMs() : Date.parse(query.to);
      const fromMs = query.from === undefined ? toMs - DAY_MS : Date.parse(query.from);
      if (!(fromMs < toMs && toMs - fromMs <= LONGEST_MS)) {
        return problem("validation", "`from` must be a time before `to`, at most 366 days.");
      }
      const hours = await store.readHourly({ tenantId: caller.tenantId, fromMs, toMs });
      const items = hours.map(({ hourMs, ...counts }) => ({ hour: timestamp(hourMs), ...counts }));
      return { status: 200, json: { hours: items } satisfies Statistics };
    }),
  ];
}
