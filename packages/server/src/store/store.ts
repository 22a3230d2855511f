import type { FailureName, OutcomeKind } from "@sameface/contract";
import type { CaptureSessions, FromCapture } from "./capture-sessions.ts";
import type { KeptPicture, KeptPictures } from "./kept-pictures.ts";
import type { Ledger } from "./ledger.ts";
import type { LockLimits, LockState } from "./lock-state.ts";
import type { QuotaStore } from "./quotas.ts";
import type {
  ApiKey,
  AtMs,
  AuditEntry,
  AuditedRow,
  AuditHead,
  Authentication,
  Customer,
  DecisionOnRecord,
  Delivery,
  DeliveryAttempt,
  DeliveryStatus,
  Endpoint,
  ErasureCounts,
  NewApiKey,
  Page,
  ProfileName,
  SealedSecret,
  StoredEvent,
  Swept,
  Tenant,
} from "./records.ts";
import type { Rewrapping } from "./rewrapping.ts";
import type { SessionStore } from "./session-store.ts";
import type { StreamStore } from "./stream-store.ts";

/** Every row of every table has its tenant; it comes from the credential alone (reliability.md §0, rule 13). */
export interface InTenant {
  readonly tenantId: string;
}

/** A customer named twice: by id, and by the keyed hash that may outlive an erasure. */
export interface CustomerRef extends InTenant {
  readonly customerId: string;
  /** Keyed hash of tenant and customer id, hex; made by the vault. */
  readonly subject: string;
}

/** A mutation that leaves an audit row in the same transaction. */
export interface Audited {
  readonly audit: AuditEntry;
}

/** Where a list goes on, and how long a page is. */
export interface Paging {
  readonly after: string | null;
  /** 1…500 */
  readonly limit: number;
}

export interface NewTemplate {
  readonly interviewId: string;
  readonly embedderId: string;
  readonly sealed: Uint8Array;
  readonly imageDigest: string;
}

export interface Enrolment extends CustomerRef, Audited, FromCapture {
  readonly revision: string;
  /** `at` absent: the store's own time. */
  readonly consent: { readonly reference: string; readonly atMs?: AtMs };
  readonly template: NewTemplate;
  /** `replace`: all templates give way (PUT); `add`: one more (POST …/templates), refused for an unknown customer. */
  readonly mode: "replace" | "add";
  /** Most templates a customer may have with `add`. */
  readonly maxTemplates: number;
}

export type EnrolmentResult =
  | { readonly kind: "created" | "replaced" | "added"; readonly enrolledAtMs: AtMs }
  | { readonly kind: "unknownCustomer" | "tooManyTemplates" | "captureEnded" };

/** Whose failures are counted: the customer's, or the source's. */
export interface CounterKey {
  readonly scope: "customer" | "source";
  /** The customer's subject, or the keyed hash of the source. */
  readonly subject: string;
}

/** A failure or a success to be counted, per customer and per source (T7). */
export interface CounterChange extends CounterKey {
  readonly change: "failure" | "reset";
}

/** The counters that may bar an attempt, and from where on. */
export interface LockGuard {
  readonly keys: readonly CounterKey[];
  readonly limits: LockLimits;
}

/** The first half of an idempotent request. */
export type IdempotentStart =
  | { readonly kind: "started" }
  | { readonly kind: "running" }
  | { readonly kind: "otherRequest" }
  | { readonly kind: "done"; readonly answer: StoredAnswer };

/** What a caller was answered, kept to be answered again. */
export interface StoredAnswer {
  readonly status: number;
  readonly body: Uint8Array;
}

/** All that one decision writes, in ONE transaction: authentication, counters, event, one delivery per endpoint. */
export interface Decision extends CustomerRef, FromCapture {
  /** The revision that was read; `null`: there was no such customer. */
  readonly readRevision: string | null;
  readonly authentication: {
    readonly authenticationId: string;
    readonly outcome: OutcomeKind;
    readonly failure: FailureName | null;
    readonly reason: string | null;
    readonly transactionId: string | null;
    readonly interviewId: string | null;
    readonly details: string;
  };
  readonly event: {
    readonly eventId: string;
    readonly body: Uint8Array;
    /** The attempt's place in its trace; absent or `null`: it is not traced. */
    readonly traceparent?: string | null;
  };
  readonly counters: readonly CounterChange[];
  /** Looked at again in this transaction, so that attempts at once are no way round the limits. */
  readonly guard: LockGuard;
  /** Present when the request came with an `Idempotency-Key` that was begun. */
  readonly idempotency: { readonly key: string; readonly answer: StoredAnswer } | null;
  /** Absent: the picture is not kept. */
  readonly kept?: KeptPicture;
}

export type DecisionResult =
  /** `deliveries`: rows made, one per endpoint; held and skipped ones included. */
  | { readonly kind: "recorded"; readonly deliveries: number; readonly createdAtMs: AtMs }
  /** The customer was enrolled again, blocked, unblocked or erased meanwhile: nothing was written; decide again. */
  | { readonly kind: "customerChanged" }
  /** Others failed meanwhile, and the limit is reached: nothing was decided. */
  | { readonly kind: "locked" }
  /** The capture had ended, or was decided on before: nothing was written. */
  | { readonly kind: "captureEnded" }
  /** Another run under the same `Idempotency-Key` was quicker (this one outlived its lease): nothing was written; answer this. */
  | { readonly kind: "alreadyDecided"; readonly answer: StoredAnswer };

/** What became of an attempt under a lock. */
export type LockedResult =
  /** `recorded`: with its event, the first of this lock; `quiet`: the lock was told before, only the source is counted. */
  | { readonly kind: "recorded" | "quiet"; readonly retryAfterMs: number | null }
  /** The lock ended meanwhile: judge. */
  | { readonly kind: "open" }
  | Extract<DecisionResult, { kind: "customerChanged" | "alreadyDecided" | "captureEnded" }>;

export interface NewSecret {
  readonly secretId: string;
  readonly kind: SealedSecret["kind"];
  readonly sealed: Uint8Array;
  readonly publicKey: string | null;
}

export interface NewEndpoint extends InTenant, Audited {
  readonly endpointId: string;
  readonly url: string;
  readonly description: string | null;
  readonly profile: ProfileName;
  readonly outcomes: readonly OutcomeKind[] | null;
  readonly sealedHeaders: Uint8Array | null;
  readonly authKind: string | null;
  readonly sealedAuth: Uint8Array | null;
  readonly rateLimit: number | null;
  readonly ordered: boolean;
  readonly unverified: boolean;
  readonly secrets: readonly NewSecret[];
  /** `null`: enabled at once; else made disabled with this reason (`unverified`). */
  readonly disabledReason: string | null;
  /** True: it receives operator events, and no notification. */
  readonly operator: boolean;
}

/** What may be changed of an endpoint; an absent key is left as it is. */
export interface EndpointChange {
  readonly url?: string;
  readonly description?: string | null;
  readonly profile?: ProfileName;
  readonly outcomes?: readonly OutcomeKind[] | null;
  readonly sealedHeaders?: Uint8Array | null;
  /** Kind and sealed settings change together. */
  readonly auth?: { readonly kind: string | null; readonly sealed: Uint8Array | null };
  readonly rateLimit?: number | null;
  /** Holds for what is decided from now on. */
  readonly ordered?: boolean;
  /** `true`: its owner has to be proved from now on; `false`: proved, or confirmed by an admin. */
  readonly unverified?: boolean;
  /** `null` enables (what was held becomes due), a word disables (what waits becomes `held` with it). */
  readonly disabledReason?: string | null;
}

/** A delivery under lease. Its endpoint and bytes are those of the moment of the claim (F44). */
export interface ClaimedDelivery {
  readonly tenantId: string;
  readonly deliveryId: string;
  /** Every result must present it; a later claim makes it stale (reliability.md §0, rule 5). */
  readonly fencingToken: number;
  readonly leaseUntilMs: AtMs;
  readonly eventId: string;
  /** The place of its event in the feed. */
  readonly sequence: number;
  /** `null`: an operator event. */
  readonly outcome: OutcomeKind | null;
  readonly body: Uint8Array;
  readonly test: boolean;
  /** Of the event, as its decision gave it. */
  readonly traceparent: string | null;
  /** 1 for the first attempt. */
  readonly attemptNumber: number;
  /** Retries since the delivery was made or reopened, 0 for the first attempt; the schedule counts these. */
  readonly retriesDone: number;
  /** Claims before this one that ended without a result: their process died (F40). */
  readonly crashes: number;
  readonly endpoint: Endpoint;
}

/** What becomes of a delivery after an attempt. */
export type NextStep =
  | { readonly kind: "delivered" }
  | { readonly kind: "retry"; readonly afterMs: number; readonly reason: string; readonly slowEndpointMs?: number }
  | { readonly kind: "dead"; readonly reason: string }
  /** The endpoint is disabled with the reason; this delivery and all that wait become `held`. */
  | { readonly kind: "hold"; readonly reason: string };

export interface AttemptResult extends InTenant {
  readonly deliveryId: string;
  readonly endpointId: string;
  readonly fencingToken: number;
  readonly attempt: Omit<DeliveryAttempt, "number">;
  readonly next: NextStep;
}

export interface ClaimRequest {
  /** Most deliveries in this claim. */
  readonly limit: number;
  /** Most deliveries in flight per endpoint, those already leased included. */
  readonly perEndpoint: number;
  readonly leaseMs: number;
  /** Who claims, and what it has; absent: somebody who has nothing. */
  readonly holder?: LeaseHolder;
}

/**
 * A worker that keeps to `perEndpoint` by itself. Where nobody else has leases of an endpoint, it may lease so many that
 * the next is at hand when one ends: how many are in flight then is its own affair.
 */
export interface LeaseHolder {
  readonly holderId: string;
  /** By endpoint of which it has any: how many more it takes. */
  readonly rooms: ReadonlyMap<string, number>;
}

/** @see product.md, "One `Store` port"; every implementation passes store.conformance.ts. */
export interface Store
  extends Ledger,
    Rewrapping,
    SessionStore,
    CaptureSessions,
    KeptPictures,
    QuotaStore,
    StreamStore {
  /** Resolves when a trivial write commits; rejects with a {@link StoreError} otherwise. For `/readyz`. */
  ping(): Promise<void>;
  close(): Promise<void>;
  /** Called after each commit of this process that made a delivery due; answers the way to stop. */
  onDeliveriesDue(listener: () => void): () => void;

  createTenant(tenant: { tenantId: string; name: string } & Audited): Promise<Tenant | { kind: "nameTaken" }>;
  listTenants(paging: Paging): Promise<Page<Tenant>>;

  /** A hash that stood under a revoked key stands under this one from now on. */
  createKey(key: NewApiKey & Audited): Promise<ApiKey>;
  /** `null`: no key with this hash; expired and revoked ones are answered, the caller judges. */
  findKey(hash: string): Promise<ApiKey | null>;
  listKeys(where: InTenant & Paging): Promise<Page<ApiKey>>;
  revokeKey(where: InTenant & Audited & { keyId: string }): Promise<boolean>;
  touchKey(where: InTenant & { keyId: string }): Promise<void>;

  /** The policy as JSON text; `null`: never set. */
  readPolicy(where: InTenant): Promise<string | null>;
  /** `keepPicturesMs`: pictures that are there are kept no longer than that either. */
  writePolicy(where: InTenant & Audited & { policy: string; keepPicturesMs?: number }): Promise<void>;

  enrol(enrolment: Enrolment): Promise<EnrolmentResult>;
  readCustomer(ref: CustomerRef): Promise<Customer | null>;
  /** `needsEnrolment`: only those without a template of this embedder. */
  listCustomers(where: InTenant & Paging & { needsEnrolment: { embedderId: string } | null }): Promise<Page<Customer>>;
  /** False: no such customer. */
  block(ref: CustomerRef & Audited & { reason: string; revision: string }): Promise<boolean>;
  /** True where nothing was blocked, too; false: no such customer. */
  unblock(ref: CustomerRef & Audited & { revision: string }): Promise<boolean>;
  /** Sets the failure counter to zero; false: no such customer. */
  unlock(ref: CustomerRef & Audited): Promise<boolean>;
  /** Repeatable; a customer that never was leaves a tombstone all the same. Counts are 0 the second time. */
  eraseCustomer(ref: CustomerRef & Audited & { receiptId: string }): Promise<ErasureCounts>;

  /** `requestHash` tells another request under the same key; a run that died is taken over after `leaseMs`. */
  beginIdempotent(
    where: InTenant & { key: string; requestHash: string; subject: string; leaseMs: number },
  ): Promise<IdempotentStart>;
  /** The request was refused without a decision: the key is free again. */
  abandonIdempotent(where: InTenant & { key: string }): Promise<void>;
  recordDecision(decision: Decision): Promise<DecisionResult>;
  readLock(where: InTenant & LockGuard): Promise<LockState>;
  /** An attempt that is refused for too many failures: one event for each lock, however many attempts (9005). */
  recordLockedAttempt(decision: Decision): Promise<LockedResult>;
  /** Sets a source's failure counter to zero; false: it has none. */
  unlockSource(where: InTenant & Audited & { subject: string }): Promise<boolean>;
  readAuthentication(where: InTenant & { authenticationId: string }): Promise<Authentication | null>;
  /** Newest first. */
  listAuthentications(
    where: InTenant & Paging & { customerId: string | null; outcome: OutcomeKind | null; fromMs?: AtMs; toMs?: AtMs },
  ): Promise<Page<Authentication>>;
  /** The newest first, with what was told of them. */
  readLastDecisions(where: InTenant & { limit: number }): Promise<readonly DecisionOnRecord[]>;
  /** True only for a passed authentication of this tenant not older than `maxAgeMs`; audited either way. */
  verifyTransaction(where: InTenant & Audited & { transactionId: string; maxAgeMs: number }): Promise<boolean>;

  createEndpoint(endpoint: NewEndpoint): Promise<Endpoint>;
  readEndpoint(where: InTenant & { endpointId: string }): Promise<Endpoint | null>;
  listEndpoints(where: InTenant & Paging): Promise<Page<Endpoint>>;
  /** `null`: no such endpoint, or its URL is no longer `onlyUrl`; nothing was written then. */
  updateEndpoint(
    where: InTenant & Audited & { endpointId: string; change: EndpointChange; onlyUrl?: string },
  ): Promise<Endpoint | null>;
  /**
   * New secrets beside those that sign now, which end after `overlapMs`, or earlier where an overlap of before ends
   * earlier. `tooMany`: more than `mostLive` would sign; nothing was written.
   */
  rotateSecrets(
    where: InTenant &
      Audited & { endpointId: string; secrets: readonly NewSecret[]; overlapMs: number; mostLive: number },
  ): Promise<Endpoint | null | { readonly kind: "tooMany" }>;
  /** Public keys that sign now, the present one first, by the endpoint's id alone: they are public, and so is the call. */
  findPublicKeys(endpointId: string): Promise<readonly { readonly secretId: string; readonly publicKey: string }[]>;
  /** What still waits becomes `skipped`, reason `endpointDeleted`. */
  deleteEndpoint(where: InTenant & Audited & { endpointId: string }): Promise<boolean>;

  /** A test send: an event marked as a test, with one delivery for this endpoint, whatever its filter. */
  createTestDelivery(
    where: InTenant &
      Audited & { endpointId: string; eventId: string; deliveryId: string; outcome: OutcomeKind; body: Uint8Array },
  ): Promise<Delivery | null>;
  /**
   * The feed of all events but tests and operator events, oldest first; never skips, never reorders below the cursor.
   * `next` is `null` only on an empty page: who follows the feed asks again with the last cursor that was not.
   */
  listEvents(where: InTenant & Paging): Promise<Page<StoredEvent>>;
  readEvent(where: InTenant & { eventId: string }): Promise<StoredEvent | null>;

  /** Newest first. */
  listDeliveries(
    where: InTenant & Paging & { endpointId: string | null; status: DeliveryStatus | null; eventId: string | null },
  ): Promise<Page<Delivery>>;
  readDelivery(
    where: InTenant & { deliveryId: string },
  ): Promise<(Delivery & { readonly attemptLog: readonly DeliveryAttempt[] }) | null>;
  /** Makes it due at once, from a fresh schedule; `busy` while in flight, `erased` where the body is gone. */
  retryDelivery(
    where: InTenant & Audited & { deliveryId: string },
  ): Promise<Delivery | { readonly kind: "unknown" | "busy" | "erased" | "endpointUnavailable" }>;

  /** Leases what is due, fair across endpoints; one row never to two callers (F27). */
  claimDeliveries(request: ClaimRequest): Promise<readonly ClaimedDelivery[]>;
  /** `stale`: the lease went to another or the row was erased; nothing was written (F28). */
  finishAttempt(result: AttemptResult): Promise<{ readonly kind: "recorded" | "stale" }>;
  /** Gives a lease back unused, due at once and before what came after it; no attempt is counted. */
  releaseDelivery(where: InTenant & { deliveryId: string; fencingToken: number }): Promise<void>;
  /** Milliseconds that pass until the next delivery is due by the store's clock (0: it is); `null`: nothing waits. */
  nextDueInMs(): Promise<number | null>;

  /**
   * One batch: looks at the `limit` events that follow `after`, and takes away those that are this old with all that
   * belongs to them, and answers kept for repeated requests. An event stays as long as one of its deliveries waits, or
   * changed within that time.
   */
  sweep(where: InTenant & { olderThanMs: number; after: number | null; limit: number }): Promise<Swept>;
  /** Whose last enrolment or pass is as long ago; the longest first. */
  listUncontacted(where: InTenant & { forMs: number; limit: number }): Promise<readonly CustomerRef[]>;

  /** For what changes nothing, and should be known all the same: that a customer's data was looked through. */
  recordAudit(where: InTenant & Audited): Promise<void>;
  listAudit(where: InTenant & Paging): Promise<Page<AuditedRow> & { readonly head: AuditHead | null }>;
}
