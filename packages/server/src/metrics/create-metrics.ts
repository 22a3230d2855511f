import type { Engine } from "@sameface/engine";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { SweepReport } from "../delivery/sweeper.ts";
import type { WorkerReport } from "../delivery/worker-report.ts";
import type { Store } from "../store/store.ts";
import { METRICS, type MetricKey, type MetricRow } from "./metric-table.ts";

/** What a process used since it started. */
export interface ProcessUse {
  readonly residentBytes: number;
  readonly cpuSeconds: number;
  /** Since it was asked last. */
  readonly loopDelayP99Seconds: number;
}

/** What a server counts, and the page that Prometheus reads. */
export interface Metrics {
  answered(answer: {
    readonly method: string;
    /** The pattern, never the path; `null`: no route took the request. */
    readonly route: string | null;
    readonly status: number;
    readonly ms: number;
  }): void;
  decided(attempt: { readonly outcome: string; readonly reason: string | null; readonly ms: number }): void;
  reported(report: WorkerReport | SweepReport): void;
  /** The text format 0.0.4 of Prometheus. */
  text(): Promise<string>;
}

/** What metrics are read from. */
export interface MetricsParts {
  readonly store: Pick<Store, "readBacklog">;
  /** `null`: this process has none. */
  readonly engine: Pick<Engine, "load"> | null;
  readonly readProcess: () => ProcessUse;
  readonly version: string;
  readonly roles: readonly string[];
}

type Labels = Readonly<Record<string, string>>;

/** Counters of one server: two in one process share nothing. */
export function createMetrics(parts: MetricsParts): Metrics {
  const book = createBook();
  book.set("up", { version: parts.version, roles: parts.roles.join(",") }, 1);
  return {
    answered({ method, route, status, ms }) {
      const labels = { method, route: route ?? "none" };
      book.count("httpRequests", { ...labels, status: String(status) });
      book.observe("httpSeconds", labels, ms / 1_000);
    },
    decided({ outcome, reason, ms }) {
      book.count("authentications", { outcome, reason: reason ?? "" });
      book.observe("authenticationSeconds", { outcome }, ms / 1_000);
    },
    reported(report) {
      if (report.kind === "swept") return;
      if (report.kind !== "attempted") {
        book.count("workerFaults", { kind: report.kind });
        return;
      }
      const { next, reason, durationMs } = report;
      book.count("attempts", { next, reason: reason ?? "" });
      book.observe("attemptSeconds", { next }, durationMs / 1_000);
    },
    async text() {
      readEngine(book, parts);
      readProcessUse(book, parts);
      await readStore(book, parts);
      return await book.text();
    },
  };
}

function readEngine(book: Book, { engine }: MetricsParts): void {
  const load = engine?.load();
  if (load === undefined) return;
  book.set("engineQueue", {}, load.queued);
  book.set("engineBusy", {}, load.working);
  book.raise("engineRestarts", load.restarts);
}

function readProcessUse(book: Book, { readProcess }: MetricsParts): void {
  const { residentBytes, cpuSeconds, loopDelayP99Seconds } = readProcess();
  book.set("memory", {}, residentBytes);
  book.raise("cpu", cpuSeconds);
  book.set("loopDelay", {}, loopDelayP99Seconds);
}

async function readStore(book: Book, { store }: MetricsParts): Promise<void> {
  const backlog = await store.readBacklog().catch(() => null);
  book.set("storeUp", {}, backlog === null ? 0 : 1);
  // What was true a scrape ago is not told as true now.
  for (const key of ["backlog", "lag", "endpoints", "operatorEvents"] as const) book.clear(key);
  if (backlog === null) return;
  for (const [status, count] of Object.entries(backlog.waiting)) book.set("backlog", { status }, count);
  book.set("lag", {}, backlog.lagMs / 1_000);
  for (const [state, count] of Object.entries(backlog.endpoints)) book.set("endpoints", { state }, count);
  for (const [type, count] of Object.entries(backlog.operatorEvents)) book.set("operatorEvents", { type }, count);
}

interface Book {
  count(key: MetricKey, labels: Labels): void;
  observe(key: MetricKey, labels: Labels, value: number): void;
  set(key: MetricKey, labels: Labels, value: number): void;
  /** Sets a counter that somebody else counts. */
  raise(key: MetricKey, total: number): void;
  clear(key: MetricKey): void;
  text(): Promise<string>;
}

function createBook(): Book {
  const registry = new Registry();
  const counters = new Map<MetricKey, Counter>();
  const gauges = new Map<MetricKey, Gauge>();
  const histograms = new Map<MetricKey, Histogram>();
  for (const [key, row] of Object.entries(METRICS) as readonly [MetricKey, MetricRow][]) {
    const { name, help, labels } = row;
    const config = { name, help, labelNames: [...labels], registers: [registry] };
    if (row.kind === "counter") counters.set(key, new Counter(config));
    else if (row.kind === "gauge") gauges.set(key, new Gauge(config));
    else histograms.set(key, new Histogram({ ...config, buckets: [...(row.buckets ?? [])] }));
  }
  return {
    count: (key, labels) => counters.get(key)?.inc(labels),
    observe: (key, labels, value) => histograms.get(key)?.observe(labels, value),
    set: (key, labels, value) => gauges.get(key)?.set(labels, value),
    raise: (key, total) => {
      const counter = counters.get(key);
      counter?.reset();
      counter?.inc(total);
    },
    clear: (key) => gauges.get(key)?.reset(),
    text: async () => await registry.metrics(),
  };
}
