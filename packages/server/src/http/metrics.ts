import type { Metrics } from "../metrics/create-metrics.ts";
import { DEFAULT_TENANT } from "./root-key.ts";
import { bind, defineRoute, problem, type Route } from "./route.ts";

export const METRICS_SHAPES = {
  read: defineRoute({
    operationId: "readMetrics",
    method: "GET",
    path: "/metrics",
    summary: "What this process counts, for Prometheus; without a key from the machine of the server itself",
    scopes: ["metrics:read"],
    openToLoopback: true,
    traced: false,
    answers: { 200: { description: "Text format 0.0.4", schema: { type: "string" }, contentType: "text/plain" } },
    problems: [],
  }),
};

/** The route of metrics. They are those of the whole process, so a key of another tenant than the first reads none. */
export function metricsRoutes({ metrics }: { readonly metrics: Pick<Metrics, "text"> }): readonly Route[] {
  return [
    bind(METRICS_SHAPES.read, async ({ caller }) => {
      if (caller !== null && caller.tenantId !== DEFAULT_TENANT)
        return problem("forbidden", "Metrics count for all tenants: they take a key of the first one.");
      const page = new TextEncoder().encode(await metrics.text());
      return { status: 200, page, contentType: "text/plain; version=0.0.4; charset=utf-8" };
    }),
  ];
}
