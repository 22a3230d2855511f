/** One metric: what Prometheus is told of it, and the page docs/reference/metrics.md. */
export interface MetricRow {
  readonly kind: "counter" | "gauge" | "histogram";
  /** As Prometheus has names: the unit at the end, `_total` for what only grows. */
  readonly name: string;
  readonly help: string;
  /** Every label has few values: no id, no tenant, no address stands in one (I8). */
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, in its unit. */
  readonly buckets?: readonly number[];
}

// From a fast refusal to the deadline of a picture and of a request.
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;
// From a receiver beside the server to the longest time that one may take.
const EXCHANGE_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30] as const;

/** Every metric of a server, in the order of `/metrics`. */
export const METRICS = {
  up: {
    kind: "gauge",
    name: "sameface_info",
    help: "Always 1; the version and the roles of this process.",
    labels: ["version", "roles"],
  },
  httpRequests: {
    kind: "counter",
    name: "sameface_http_requests_total",
    help: "Answers by route pattern, method and status; route `none`: no route took it.",
    labels: ["method", "route", "status"],
  },
  httpSeconds: {
    kind: "histogram",
    name: "sameface_http_request_duration_seconds",
    help: "Time from the first byte of a request to the end of its answer.",
    labels: ["method", "route"],
    buckets: REQUEST_SECONDS,
  },
  authentications: {
    kind: "counter",
    name: "sameface_authentications_total",
    help: "Decided attempts by outcome; reason is empty where the outcome says it all. A wave of `spoof` is worth a look.",
    labels: ["outcome", "reason"],
  },
  authenticationSeconds: {
    kind: "histogram",
    name: "sameface_authentication_duration_seconds",
    help: "Time a decided attempt took, its queue and its commit included.",
    labels: ["outcome"],
    buckets: REQUEST_SECONDS,
  },
  attempts: {
    kind: "counter",
    name: "sameface_delivery_attempts_total",
    help: "HTTP requests to endpoints by what became of the delivery (delivered, retry, dead, hold) and the reason.",
    labels: ["next", "reason"],
  },
  attemptSeconds: {
    kind: "histogram",
    name: "sameface_delivery_attempt_duration_seconds",
    help: "Time of one exchange with an endpoint, connection included.",
    labels: ["next"],
    buckets: EXCHANGE_SECONDS,
  },
  workerFaults: {
    kind: "counter",
    name: "sameface_worker_reports_total",
    help: "What else a delivery worker and the sweeper told: storeFailed, sweepFailed, faulted, quarantined, stale, released, unrecorded.",
    labels: ["kind"],
  },
  backlog: {
    kind: "gauge",
    name: "sameface_deliveries_waiting",
    help: "Deliveries that have not ended, by status, over all nodes and tenants; counted up to 100000 each.",
    labels: ["status"],
  },
  lag: {
    kind: "gauge",
    name: "sameface_delivery_lag_seconds",
    help: "How long the delivery that is due longest has been due; 0: none is late.",
    labels: [],
  },
  endpoints: {
    kind: "gauge",
    name: "sameface_endpoints",
    help: "Endpoints by state: enabled, failing (enabled, and its last attempts failed), disabled.",
    labels: ["state"],
  },
  operatorEvents: {
    kind: "gauge",
    name: "sameface_operator_events_last_hour",
    help: "Operator events of the last hour by type: gap, delivery.dead, endpoint.disabled, …",
    labels: ["type"],
  },
  storeUp: {
    kind: "gauge",
    name: "sameface_store_up",
    help: "1: the store answered this scrape; 0: it did not, and what is counted there is missing.",
    labels: [],
  },
  engineQueue: {
    kind: "gauge",
    name: "sameface_engine_queue",
    help: "Pictures that wait for a process of the engine; absent in a process without one.",
    labels: [],
  },
  engineBusy: {
    kind: "gauge",
    name: "sameface_engine_busy",
    help: "Processes of the engine at work on a picture.",
    labels: [],
  },
  engineRestarts: {
    kind: "counter",
    name: "sameface_engine_restarts_total",
    help: "Processes of the engine that ended and were replaced, by a hostile picture or by the system.",
    labels: [],
  },
  memory: {
    kind: "gauge",
    name: "process_resident_memory_bytes",
    help: "Memory of this process, those of the engine not included.",
    labels: [],
  },
  cpu: {
    kind: "counter",
    name: "process_cpu_seconds_total",
    help: "User and system time of this process.",
    labels: [],
  },
  loopDelay: {
    kind: "gauge",
    name: "nodejs_eventloop_lag_p99_seconds",
    help: "Since the last scrape: the delay of the event loop that one turn in a hundred exceeds.",
    labels: [],
  },
} as const satisfies Readonly<Record<string, MetricRow>>;

/** A row of {@link METRICS}. */
export type MetricKey = keyof typeof METRICS;
