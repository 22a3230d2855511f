import type { Kysely, RawBuilder, Transaction } from "kysely";
import type { Clock } from "../../clock.ts";
import type { AtMs } from "../records.ts";
import type { ClaimRequest } from "../store.ts";
import type { Tables } from "./tables.ts";

/** Which claim of which delivery. */
export interface Lease {
  readonly deliveryId: string;
  readonly fencingToken: number;
}

/** Where reading queries run: one consistent view for the length of the work. */
export interface ReadView {
  readonly db: Kysely<Tables> | Transaction<Tables>;
  readonly nowMs: AtMs;
  /** For `in`: one parameter however many they are, so that the statement is built, sent and planned as one of its kind. */
  readonly listed: (ids: readonly string[]) => RawBuilder<string>;
}

/** Adds rows, all with the same columns, to a table; however many, at the least that the dialect can do it for. */
export type InsertRows = <Name extends keyof Tables>(table: Name, rows: readonly Tables[Name][]) => Promise<void>;

/** One transaction, or a savepoint in one that several callers share; what it wrote is gone when the work throws. */
export interface WriteView extends ReadView {
  /** For `in`, as {@link ReadView.listed}: leases by their delivery and fencing token. */
  readonly leases: (of: readonly Lease[]) => RawBuilder<readonly [string, number]>;
  readonly insertRows: InsertRows;
  /** A new id, 24 hex. */
  readonly newId: () => string;
  /** Tells that a delivery became due: listeners hear of it after the commit, never before. */
  readonly madeDue: () => void;
  /** Several processes write: rows that a decision is built on are locked when they are read. */
  readonly locksRows: boolean;
}

/** Hot writes of many callers that may share a commit. */
export interface GroupOrder {
  /**
   * Those of `delivered` are acknowledged results, and of `claims` leases: what a power cut takes of them is sent once more, so
   * they need not be on disk when they return.
   */
  readonly group: "decisions" | "results" | "delivered" | "claims";
  /** Names what members of a group lock first; they are written in this order, which is then that of all nodes. */
  readonly lock: string;
  /** It waits a few milliseconds for company, since nobody waits for it: a commit costs the same for one and for many. */
  readonly patient?: boolean;
}

/** A delivery chosen for a claim. */
export interface PickedDelivery {
  readonly tenantId: string;
  readonly deliveryId: string;
  readonly eventId: string;
  readonly endpointId: string;
  /** It goes only after those before it have ended. */
  readonly isOrdered: boolean;
}

/** What a dialect brings; everything else is shared. Its faults are {@link StoreError}s. */
export interface Backend {
  /** Of this process, for durations only. */
  readonly clock: Pick<Clock, "after">;
  /** Lets the event loop turn, so that what many ask for at one time comes together. */
  readonly nextTurn: () => Promise<void>;
  readonly read: <T>(work: (view: ReadView) => Promise<T>) => Promise<T>;
  /** Resolves after the commit. The work may be run again where several processes write; its last run counts. */
  readonly write: <T>(work: (view: WriteView) => Promise<T>, order?: GroupOrder) => Promise<T>;
  /**
   * What to claim now, fairest first, as {@link ClaimRequest} and `laneRoom` bound it. Where several processes claim, the
   * lanes that are picked from are locked till the end of the transaction, so that their bounds hold over all of them.
   */
  readonly pickDue: (view: WriteView, request: ClaimRequest) => Promise<readonly PickedDelivery[]>;
  /** When the next one can be claimed; `null`: nothing waits. */
  readonly earliestDue: (view: ReadView) => Promise<AtMs | null>;
  /** How long so much of the store's time takes: after a clock was set back, SQLite's runs at half speed. */
  readonly takesMs: (durationMs: number) => number;
  /** Takes what an erasure removed out of the files too, as far as the database keeps old pages. */
  readonly scrub: () => Promise<void>;
  readonly onDeliveriesDue: (listener: () => void) => () => void;
  readonly close: () => Promise<void>;
}
