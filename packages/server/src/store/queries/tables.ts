import type { FailureName, OutcomeKind } from "@sameface/contract";
import type { CapturePurpose, CaptureStatus } from "../capture-sessions.ts";
import type { KeptPicture } from "../kept-pictures.ts";
import type { QuotaResource } from "../quotas.ts";
import type {
  DeliveryAttempt,
  DeliveryStatus,
  OperatorEventType,
  ProfileName,
  ReplayStatus,
  ReplayWhich,
  SealedSecret,
} from "../records.ts";

/** The rows as they lie in the database: 0 and 1 for no and yes, times in milliseconds, lists as JSON text. */
export interface Tables {
  migrations: { name: string; applied_at_ms: number };
  meta: { name: string; value: Uint8Array };
  tenants: { tenant_id: string; name: string; created_at_ms: number };
  api_keys: ApiKeyRow;
  policies: { tenant_id: string; policy: string; updated_at_ms: number };
  customers: CustomerRow;
  templates: TemplateRow;
  blocks: { tenant_id: string; subject: string; reason: string | null; blocked_at_ms: number };
  failure_counters: FailureCounterRow;
  tombstones: { tenant_id: string; subject: string; receipt_id: string; erased_at_ms: number };
  authentications: AuthenticationRow;
  idempotency: IdempotencyRow;
  feeds: { tenant_id: string; last_sequence: number };
  events: EventRow;
  endpoints: EndpointRow;
  endpoint_secrets: EndpointSecretRow;
  streams: StreamRow;
  deliveries: DeliveryRow;
  delivery_attempts: DeliveryAttemptRow;
  replays: ReplayRow;
  rhythms: RhythmRow;
  capture_sessions: CaptureSessionRow;
  seen_pictures: SeenPictureRow;
  pictures: PictureRow;
  quotas: { tenant_id: string; resource: QuotaResource; most: number };
  hourly_outcomes: { tenant_id: string; hour_ms: number; outcome: OutcomeKind; decided: number };
  hourly_deliveries: HourlyDeliveriesRow;
  sessions: SessionRow;
  audit_heads: { tenant_id: string; sequence: number; hash: string };
  audit: AuditRow;
}

export interface ApiKeyRow {
  tenant_id: string;
  key_id: string;
  name: string;
  hash: string;
  scopes: string;
  created_at_ms: number;
  expires_at_ms: number | null;
  revoked_at_ms: number | null;
  last_used_at_ms: number | null;
}

export interface CustomerRow {
  tenant_id: string;
  customer_id: string;
  subject: string;
  revision: string;
  consent_reference: string;
  consent_at_ms: number;
  created_at_ms: number;
  enrolled_at_ms: number;
  /** Of the last enrolment or pass, to the day; `null`: an older version wrote the row. */
  last_contact_at_ms: number | null;
}

export interface TemplateRow {
  tenant_id: string;
  customer_id: string;
  interview_id: string;
  embedder_id: string;
  sealed: Uint8Array;
  image_digest: string;
  enrolled_at_ms: number;
}

export interface FailureCounterRow {
  tenant_id: string;
  scope: "customer" | "source";
  subject: string;
  consecutive_failures: number;
  last_failure_at_ms: number | null;
  /** Until when attempts are refused without another event; `null`: the lock was not told of. */
  told_until_ms: number | null;
}

export interface AuthenticationRow {
  tenant_id: string;
  authentication_id: string;
  customer_id: string;
  outcome: OutcomeKind;
  failure: FailureName | null;
  reason: string | null;
  transaction_id: string | null;
  interview_id: string | null;
  event_id: string;
  details: string;
  /** That of its event: the order of the lists. */
  sequence: number;
  created_at_ms: number;
}

export interface IdempotencyRow {
  tenant_id: string;
  /** SHA-256 of the caller's key: a caller may put a customer id into it, which has to be forgotten on erasure. */
  key_hash: string;
  request_hash: string;
  subject: string;
  lease_until_ms: number;
  /** `null` while the first run is under way. */
  status: number | null;
  body: Uint8Array | null;
  created_at_ms: number;
}

export interface EventRow {
  tenant_id: string;
  event_id: string;
  sequence: number;
  subject: string | null;
  outcome: OutcomeKind | null;
  authentication_id: string | null;
  body: Uint8Array | null;
  test: number;
  /** Type of an operator event; `null`: a notification. */
  operator_type: OperatorEventType | null;
  created_at_ms: number;
  /** The place in a trace of what led to it; `null`: that was not traced, or an older version wrote the row. */
  traceparent: string | null;
}

export interface EndpointRow {
  tenant_id: string;
  endpoint_id: string;
  url: string;
  description: string | null;
  profile: ProfileName;
  outcomes: string | null;
  sealed_headers: Uint8Array | null;
  sealed_auth: Uint8Array | null;
  /** `null`: enabled. */
  disabled_reason: string | null;
  slowed_until_ms: number | null;
  failing_since_ms: number | null;
  consecutive_failures: number;
  /** 1: receives operator events in place of notifications; `null`: notifications. */
  operator: number | null;
  /** When operators were told that it fails or was disabled; `null`: nothing that a success would end. */
  failing_told_at_ms: number | null;
  created_at_ms: number;
  /** Requests a second at most; `null`: no bound. */
  rate_limit: number | null;
  /** Microseconds since 1970: when the next request may go, by the rate. */
  rate_free_at_us: number | null;
  /** Most in flight while the endpoint recovers; `null`: as many as any other. */
  ramp: number | null;
  /** Names the kind that `sealed_auth` holds the settings of; `null`: none. */
  auth_kind: string | null;
  /** Since when its owner has to be proved; `null`: nothing is to be proved. */
  unverified_since_ms: number | null;
  /** 1: what concerns one customer goes in order; `null`: as it comes. */
  ordered: number | null;
}

/** Columns that a later step of the schema adds: the step that makes the table does not name them. */
export interface AddedColumns {
  customers: "last_contact_at_ms";
  endpoints:
    | "rate_limit"
    | "rate_free_at_us"
    | "ramp"
    | "auth_kind"
    | "unverified_since_ms"
    | "operator"
    | "failing_told_at_ms"
    | "ordered";
  deliveries: "ordered_by" | "leased_by";
  events: "operator_type" | "traceparent";
  failure_counters: "told_until_ms";
}

export interface EndpointSecretRow {
  tenant_id: string;
  endpoint_id: string;
  secret_id: string;
  kind: SealedSecret["kind"];
  sealed: Uint8Array;
  public_key: string | null;
  created_at_ms: number;
  expires_at_ms: number | null;
}

export interface StreamRow {
  tenant_id: string;
  endpoint_id: string;
  name: string;
  /** Of the listener that opened it last. */
  session: string;
  /** When a listener asked last. */
  seen_at_ms: number;
}

export interface DeliveryRow {
  tenant_id: string;
  delivery_id: string;
  event_id: string;
  /** No foreign key: the log outlives the endpoint. */
  endpoint_id: string;
  /** That of its event: the order of the lists, and of the lane where two are due at once. */
  sequence: number;
  status: DeliveryStatus;
  reason: string | null;
  attempts: number;
  retries_done: number;
  crashes: number;
  /**
   * When it may be claimed: the next attempt of a waiting one, the end of the lease of one in flight; else `null`, as for
   * one that waits until those before it have ended (`ordered_by`).
   */
  due_at_ms: number | null;
  fencing_token: number;
  test: number;
  created_at_ms: number;
  updated_at_ms: number;
  /** The subject whose deliveries to an ordered endpoint go one after the other; `null`: it waits for none. */
  ordered_by: string | null;
  /** Of one in flight: whose lease it is; `null`: of one that does not name itself: a listener, a node of an older version. */
  leased_by: string | null;
}

export interface DeliveryAttemptRow {
  tenant_id: string;
  delivery_id: string;
  number: number;
  started_at_ms: number;
  duration_ms: number;
  result: DeliveryAttempt["result"];
  reason: string | null;
  http_status: number | null;
  reply_body: Uint8Array | null;
  reply_content_type: string | null;
}

export interface ReplayRow {
  tenant_id: string;
  replay_id: string;
  endpoint_id: string;
  which: ReplayWhich;
  since_ms: number;
  until_ms: number;
  per_second: number;
  status: ReplayStatus;
  reason: string | null;
  /** Looked at up to and with this place of the feed. */
  cursor: number;
  /** The last place of the feed to look at. */
  last_sequence: number;
  total: number;
  looked: number;
  queued: number;
  /** When its next batch may run; `null`: never again. */
  due_at_ms: number | null;
  created_at_ms: number;
  updated_at_ms: number;
  finished_at_ms: number | null;
}

/** What is usual for a tenant. */
export interface RhythmRow {
  tenant_id: string;
  /** Events up to this place of the feed are in it. */
  sequence: number;
  last_event_at_ms: number;
  /** The longest silence of each day, by the day's number since 1970, as JSON. */
  longest: string;
  /** Events so far, counted up to as many as make a rhythm. */
  seen: number;
  /** 1: operators were told of the present silence. */
  told: number;
}

export interface HourlyDeliveriesRow {
  tenant_id: string;
  /** When the hour began, by UTC. */
  hour_ms: number;
  endpoint_id: string;
  attempts_delivered: number;
  attempts_failed: number;
  delivered: number;
  dead: number;
}

export interface SessionRow {
  tenant_id: string;
  session_hash: string;
  key_id: string;
  created_at_ms: number;
  seen_at_ms: number;
  /** Its absolute end. */
  expires_at_ms: number;
}

export interface CaptureSessionRow {
  tenant_id: string;
  session_id: string;
  customer_id: string;
  subject: string;
  purpose: CapturePurpose;
  status: CaptureStatus;
  reason: string | null;
  secret_hash: string;
  cookie_hash: string | null;
  return_url: string | null;
  consent_reference: string | null;
  consent_text: string | null;
  agreed_at_ms: number | null;
  tries: number;
  problem: string | null;
  authentication_id: string | null;
  interview_id: string | null;
  created_at_ms: number;
  opened_at_ms: number | null;
  expires_at_ms: number;
  /** `null` while it runs. */
  ended_at_ms: number | null;
}

export interface SeenPictureRow {
  tenant_id: string;
  digest: string;
  subject: string;
  band_0: string | null;
  band_1: string | null;
  band_2: string | null;
  band_3: string | null;
  seen_at_ms: number;
}

/** The picture of an attempt, kept where the tenant's policy says so. */
export interface PictureRow {
  tenant_id: string;
  authentication_id: string;
  customer_id: string;
  sealed: Uint8Array;
  /** Of `sealed`: what it takes of the tenant's quota. */
  size: number;
  format: KeptPicture["format"];
  orientation: number;
  created_at_ms: number;
  kept_until_ms: number;
}

export interface AuditRow {
  tenant_id: string;
  sequence: number;
  at_ms: number;
  actor: string;
  action: string;
  target: string;
  details: string;
  hash: string;
}
