import type { AtMs, AuditEntry, Backlog, HourCounts, OperatorEvent, Page, Replay, ReplayWhich } from "./records.ts";

/** How a tenant stands: what waits now, and what came of a span of time. */
export interface Overview {
  /** Of this tenant, by state; counted up to `mostCounted` each. */
  readonly waiting: Readonly<Record<"pending" | "inFlight" | "failing" | "held" | "dead", number>>;
  readonly mostCounted: number;
  /** Attempts by endpoint, those of the whole hours that the span touches. */
  readonly endpoints: readonly { readonly endpointId: string; readonly delivered: number; readonly failed: number }[];
  /** `details` of the last authentications of the span, at most two hundred. */
  readonly details: readonly string[];
  /** `told`: operators were told that this silence is longer than usual. `null`: nothing has happened yet. */
  readonly silence: { readonly lastEventAtMs: AtMs; readonly told: boolean } | null;
}

interface Where {
  readonly tenantId: string;
}

interface AuditedWhere extends Where {
  readonly audit: AuditEntry;
}

interface PageOf extends Where {
  readonly after: string | null;
  readonly limit: number;
}

/** The part of the port that makes good what was not delivered, and tells operators. */
export interface Ledger {
  /** Operator events, oldest first, as a feed; `next` as in `listEvents`. */
  listOperatorEvents(where: PageOf): Promise<Page<OperatorEvent>>;
  /** `endpointUnavailable`: it is disabled, or there is none. `untilMs` `null`: now. */
  createReplay(
    where: AuditedWhere & {
      replayId: string;
      endpointId: string;
      which: ReplayWhich;
      sinceMs: AtMs;
      untilMs: AtMs | null;
      perSecond: number;
    },
  ): Promise<Replay | { readonly kind: "endpointUnavailable" }>;
  /** What a replay over the range would look at and make due now; `null`: there is no such endpoint. */
  countReplay(
    where: Where & { endpointId: string; which: ReplayWhich; sinceMs: AtMs; untilMs: AtMs | null },
  ): Promise<{ readonly events: number; readonly deliveries: number; readonly whole: boolean } | null>;
  readReplay(where: Where & { replayId: string }): Promise<Replay | null>;
  /** Newest first. */
  listReplays(where: PageOf & { endpointId: string | null }): Promise<Page<Replay>>;
  /** What it made due stays so. One that has ended is answered as it is; `null`: there is none. */
  cancelReplay(where: AuditedWhere & { replayId: string }): Promise<Replay | null>;
  /**
   * Does the next batch of the replay that is due longest, in one transaction with the move of its cursor: a process that
   * dies leaves it as it was before the batch, and two processes never do the same one.
   * @returns in how many milliseconds to call again (0: now); `null`: no replay runs
   */
  advanceReplay(): Promise<number | null>;
  /** What has not ended, over all tenants: for metrics. */
  readBacklog(): Promise<Backlog>;
  /** Tells operators of each tenant that has been silent for longer than is usual for it; to be called each minute. */
  watchRhythms(): Promise<void>;
  /** Reads as much however many deliveries there are. */
  readOverview(where: Where & { fromMs: AtMs; toMs: AtMs }): Promise<Overview>;
  /** A text that is another one after an event or a delivery attempt of the tenant. */
  readPulse(where: Where): Promise<string>;
  /** Hours in which something happened, the one in which `fromMs` lies first, all that begin before `toMs`. */
  readHourly(where: Where & { fromMs: AtMs; toMs: AtMs }): Promise<readonly HourCounts[]>;
}
