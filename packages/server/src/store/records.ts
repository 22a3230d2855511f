import type { FailureName, OutcomeKind } from "@sameface/contract";

/** Milliseconds since 1970-01-01 UTC, by the store's own clock. */
export type AtMs = number;

/** The owner of customers, endpoints and keys. */
export interface Tenant {
  readonly tenantId: string;
  readonly name: string;
  readonly createdAtMs: AtMs;
}

/** What an API key may do. @see interface.md, `POST /v1/keys` */
export const SCOPES = [
  "authenticate",
  "customers:read",
  "customers:write",
  "endpoints:read",
  "endpoints:write",
  "events:read",
  "deliveries:write",
  "policy:write",
  "keys:write",
  "audit:read",
  "metrics:read",
  "admin",
  "root",
] as const;
/** One of {@link SCOPES}. `admin`: all of its tenant; `root`: also tenants. */
export type Scope = (typeof SCOPES)[number];

/** An API key as stored: never the key, only its hash. */
export interface ApiKey {
  readonly keyId: string;
  readonly tenantId: string;
  readonly name: string;
  /** Lower-case hex SHA-256 of the whole key; ≥ 128 random bits make a slow hash needless. */
  readonly hash: string;
  readonly scopes: readonly Scope[];
  readonly createdAtMs: AtMs;
  readonly expiresAtMs: AtMs | null;
  readonly revokedAtMs: AtMs | null;
  readonly lastUsedAtMs: AtMs | null;
}

/** A key to be stored. */
export interface NewApiKey extends Pick<ApiKey, "tenantId" | "keyId" | "name" | "hash" | "scopes" | "expiresAtMs"> {
  /** Stored whatever the tenant's quota. */
  readonly isRoot?: true;
}

/** A block, kept apart from the customer's row so that it outlives an erasure as a keyed hash. */
export interface Block {
  /** `null` after an erasure. */
  readonly reason: string | null;
  readonly blockedAtMs: AtMs;
}

/** One enrolled template, sealed: AES-256-GCM, AAD = tenant + customer + embedder id. */
export interface SealedTemplate {
  /** 24 hex: the enrolment that stored it (`interviewId` on the wire). */
  readonly interviewId: string;
  readonly embedderId: string;
  readonly sealed: Uint8Array;
  /** Keyed hash of the picture's bytes, hex: finds the enrolled picture itself when it is shown again. */
  readonly imageDigest: string;
  readonly enrolledAtMs: AtMs;
}

/** The reference to a consent that stands elsewhere; required before enrolment (S10). */
export interface Consent {
  readonly reference: string;
  readonly atMs: AtMs;
}

/** The person a claim is about. */
export interface Customer {
  readonly tenantId: string;
  readonly customerId: string;
  /** Changes with every enrolment, block, unblock and erasure; a decision names the one it read (F43). */
  readonly revision: string;
  readonly consent: Consent;
  readonly block: Block | null;
  readonly templates: readonly SealedTemplate[];
  readonly consecutiveFailures: number;
  /** `null`: none since the last success. */
  readonly lastFailureAtMs: AtMs | null;
  readonly createdAtMs: AtMs;
  readonly enrolledAtMs: AtMs;
}

/** One attempt, as decided. No similarity of a non-match stands here (S6). */
export interface Authentication {
  readonly authenticationId: string;
  readonly tenantId: string;
  readonly customerId: string;
  readonly outcome: OutcomeKind;
  /** The failure row, where the outcome has one. */
  readonly failure: FailureName | null;
  /** A stable word beyond the outcome, for API and dashboard: `headCover`, `replayed`, an engine problem. */
  readonly reason: string | null;
  readonly transactionId: string | null;
  /** The enrolment whose template matched; only with `passed`. */
  readonly interviewId: string | null;
  readonly eventId: string;
  /** What was measured and checked, as JSON; without any score of a non-match. */
  readonly details: string;
  readonly createdAtMs: AtMs;
}

/** A decision with the body that told of it. */
export interface DecisionOnRecord {
  readonly authentication: Authentication;
  /** `null` after an erasure. */
  readonly body: Uint8Array | null;
}

/** A stored notification with its id. */
export interface StoredEvent {
  readonly eventId: string;
  readonly tenantId: string;
  /** Position in the tenant's feed; grows, never reused. */
  readonly sequence: number;
  /** `null` after an erasure. */
  readonly outcome: OutcomeKind | null;
  readonly authenticationId: string | null;
  /** The exact bytes that are signed and sent; `null` after an erasure. */
  readonly body: Uint8Array | null;
  readonly test: boolean;
  readonly createdAtMs: AtMs;
}

/** What operators are told, by type: ids, reasons and counts, never a customer. */
export interface OperatorFacts {
  readonly "endpoint.disabled": { readonly endpointId: string; readonly reason: string };
  /** Told once for a run of failures. */
  readonly "endpoint.failing": {
    readonly endpointId: string;
    readonly reason: string;
    readonly failingSince: string;
    readonly consecutiveFailures: number;
  };
  /** The first success after either of those. */
  readonly "endpoint.recovered": { readonly endpointId: string };
  readonly "delivery.dead": {
    readonly deliveryId: string;
    readonly eventId: string;
    readonly endpointId: string;
    readonly reason: string;
    readonly attempts: number;
  };
  readonly "replay.finished": {
    readonly replayId: string;
    readonly endpointId: string;
    readonly which: ReplayWhich;
    readonly status: Exclude<ReplayStatus, "running">;
    readonly looked: number;
    readonly queued: number;
  };
  /** Every end of a capture; `authenticationId` where one was decided. */
  readonly "capture.ended": {
    readonly captureSessionId: string;
    readonly purpose: string;
    readonly status: "done" | "failed" | "closed" | "expired";
    readonly reason: string | null;
    readonly authenticationId: string | null;
  };
  /** Writes were refused for want of room until the moment this was written; told once a node that saw it. */
  readonly "store.full": { readonly refusedSince: string };
  /** A silence longer than usual; told once, the next event clears it. */
  readonly gap: { readonly lastEventAt: string; readonly silenceSeconds: number; readonly usualSeconds: number };
}
/** One of the keys of {@link OperatorFacts}. */
export type OperatorEventType = keyof OperatorFacts;

/** An operator event as stored. */
export interface OperatorEvent {
  readonly eventId: string;
  readonly tenantId: string;
  /** Position in the tenant's feed. */
  readonly sequence: number;
  readonly type: OperatorEventType;
  /** The envelope `{id, type, at, tenantId, data}` as JSON, exactly as signed and sent; `null` after an erasure. */
  readonly body: Uint8Array | null;
  readonly createdAtMs: AtMs;
}

/** The acknowledgement and retry rules of an endpoint. @see contract.md §6 */
export type ProfileName = "standard" | "incode";

/** A signing secret, sealed. */
export interface SealedSecret {
  readonly secretId: string;
  readonly kind: "hmac" | "ed25519";
  readonly sealed: Uint8Array;
  /** `whpk_…` of an Ed25519 key, `null` for HMAC. */
  readonly publicKey: string | null;
  readonly createdAtMs: AtMs;
  /** End of a rotation's overlap; `null`: the present secret. */
  readonly expiresAtMs: AtMs | null;
}

/**
 * Why a stream is never enabled: its deliveries are held until its listener asks for them, and are posted to nobody.
 * @see Store.claimForListener
 */
export const FOR_LISTENER = "listener";

/** A URL that receives events. */
export interface Endpoint {
  readonly endpointId: string;
  readonly tenantId: string;
  readonly url: string;
  readonly description: string | null;
  readonly profile: ProfileName;
  /** Outcomes that are sent; `null`: all. */
  readonly outcomes: readonly OutcomeKind[] | null;
  /** Own headers as JSON, sealed, since they may carry a credential; `null`: none. */
  readonly sealedHeaders: Uint8Array | null;
  /** Settings of the auth kind as JSON, sealed; `null`: none. */
  readonly sealedAuth: Uint8Array | null;
  readonly secrets: readonly SealedSecret[];
  readonly enabled: boolean;
  /** Why it is disabled (`operator`, `gone`, `failing`, `unverified`; `listener`: a stream); `null` while enabled. */
  readonly disabledReason: string | null;
  /** Nothing is claimed for it before this time (429, 502, 504); `null`: not slowed. */
  readonly slowedUntilMs: AtMs | null;
  /** Start of the present run of failures only; `null` after a success (T10). */
  readonly failingSinceMs: AtMs | null;
  readonly consecutiveFailures: number;
  /** Requests a second at most, over all nodes; `null`: no bound. */
  readonly rateLimit: number | null;
  /** What concerns one customer goes in the order of the feed, each after the one before it has ended. */
  readonly ordered: boolean;
  /** The kind whose settings `sealedAuth` holds; `null`: none. */
  readonly authKind: string | null;
  /** Since when its owner has to be proved, by the echo of a challenge or by an admin; `null`: proved (S23). */
  readonly unverifiedSinceMs: AtMs | null;
  /** Receives operator events, and no notification. */
  readonly operator: boolean;
  readonly createdAtMs: AtMs;
}

/** @see interface.md, `GET /v1/deliveries` */
export const DELIVERY_STATUSES = ["pending", "inFlight", "delivered", "failing", "dead", "held", "skipped"] as const;
/** One of {@link DELIVERY_STATUSES}. */
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];
/** Those that nothing follows by itself. */
export const FINAL_STATUSES = ["delivered", "dead", "skipped"] as const satisfies readonly DeliveryStatus[];

/** One event for one endpoint. */
export interface Delivery {
  readonly deliveryId: string;
  readonly tenantId: string;
  readonly eventId: string;
  readonly endpointId: string;
  readonly status: DeliveryStatus;
  /** Why it is held, skipped, failing or dead; `null` otherwise. */
  readonly reason: string | null;
  /** Attempts made, those in flight included. */
  readonly attempts: number;
  readonly nextAttemptAtMs: AtMs | null;
  readonly test: boolean;
  readonly createdAtMs: AtMs;
  readonly updatedAtMs: AtMs;
}

/** @see interface.md, `POST /v1/replays` */
export const REPLAY_WHICH = ["dead", "missing", "all"] as const;
/** One of {@link REPLAY_WHICH}. */
export type ReplayWhich = (typeof REPLAY_WHICH)[number];
/** `cancelled`: by a caller, or because its endpoint was deleted. */
export type ReplayStatus = "running" | "finished" | "cancelled";

/** A durable job that makes deliveries again. */
export interface Replay {
  readonly replayId: string;
  readonly tenantId: string;
  readonly endpointId: string;
  readonly which: ReplayWhich;
  /** Events of this time on, … */
  readonly sinceMs: AtMs;
  /** … up to this one. */
  readonly untilMs: AtMs;
  /** Deliveries made due a second at most. */
  readonly perSecond: number;
  readonly status: ReplayStatus;
  /** Why it waits (the endpoint is disabled) or was cancelled; `null` otherwise. */
  readonly reason: string | null;
  /** Events of the range when it was made. */
  readonly total: number;
  /** Events looked at so far. */
  readonly looked: number;
  /** Deliveries made due so far. */
  readonly queued: number;
  readonly createdAtMs: AtMs;
  readonly updatedAtMs: AtMs;
  readonly finishedAtMs: AtMs | null;
}

/** One HTTP request. */
export interface DeliveryAttempt {
  readonly number: number;
  readonly startedAtMs: AtMs;
  readonly durationMs: number;
  readonly result: "delivered" | "failed";
  /** Named cause of a failure, for example `httpStatus`, `blockedAddress`, `timeout`; `null` when delivered. */
  readonly reason: string | null;
  readonly httpStatus: number | null;
  /** ≤ 16 KB of the reply as it came; `null`: none was read. */
  readonly replyBody: Uint8Array | null;
  readonly replyContentType: string | null;
}

/** What came to pass in one hour; test sends left out. */
export interface HourCounts {
  /** When it began, by UTC. */
  readonly hourMs: AtMs;
  readonly outcomes: { readonly [Outcome in OutcomeKind]?: number };
  readonly attempts: Readonly<Record<DeliveryAttempt["result"], number>>;
  /** Those that ended in this hour; one that was retried by hand ends again. */
  readonly deliveries: Readonly<Record<"delivered" | "dead", number>>;
}

/** What one batch of a sweep took away. */
export interface Swept {
  /** By table; attempts go with their deliveries. */
  readonly counts: Readonly<Record<"events" | "deliveries" | "authentications" | "idempotency", number>>;
  /** Where the next batch goes on; `null`: nothing more is that old. */
  readonly next: number | null;
}

/** Rows taken away or emptied, by table; the answer of an erasure. */
export type ErasureCounts = Readonly<Record<string, number>>;

/** Who did what. Customers stand here as their keyed hash, never by id. */
export interface AuditEntry {
  /** `key:<keyId>`, `system`. */
  readonly actor: string;
  /** Dotted verb, for example `customer.blocked`. */
  readonly action: string;
  /** What it was done to, for example `endpoint:<id>`, `customer:<subject>`. */
  readonly target: string;
  /** Further facts without secrets or customer ids. */
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}

/** A row of a tenant's audit, as it was written. */
export interface AuditedRow extends AuditEntry {
  readonly tenantId: string;
  /** 1, 2, 3 … in each tenant. */
  readonly sequence: number;
  readonly atMs: AtMs;
  /** @see audit-hash.ts */
  readonly hash: string;
}

/** One page of a list, keyset-paged. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Pass it as `after` for the next page; `null`: this was the last. */
  readonly next: string | null;
}

/** What has not ended, over all tenants and nodes. */
export interface Backlog {
  /** Each counted up to 100,000. */
  readonly waiting: Readonly<Record<Exclude<DeliveryStatus, "delivered" | "dead" | "skipped">, number>>;
  /** How long the delivery that is due longest has been due; 0: none is. */
  readonly lagMs: number;
  /** `failing`: enabled, and its last attempts failed. */
  readonly endpoints: Readonly<Record<"enabled" | "failing" | "disabled", number>>;
  /** Of the last hour, by type; types without any are left out. */
  readonly operatorEvents: Readonly<Record<string, number>>;
}

/** The end of a tenant's audit, kept apart from its rows: rows cut off at the end do not match it. */
export interface AuditHead {
  readonly sequence: number;
  readonly hash: string;
}
