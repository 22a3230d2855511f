import {
  encodeNotification,
  makeNotification,
  type Notification,
  newId,
  newTimedId,
  type Outcome,
} from "@sameface/contract";
import {
  type BareImage,
  type Comparison,
  type Engine,
  EngineError,
  type Inspection,
  type Template,
} from "@sameface/engine";
import type { Policy } from "../api/index.ts";
import type { Clock } from "../clock.ts";
import { sealPicture } from "../faces/kept-picture.ts";
import { isRefused, type RefusedProblem } from "../faces/problem-failures.ts";
import { keepPicturesMs, lockLimitsOf } from "../policy/tenant-policy.ts";
import type { Random } from "../random.ts";
import type { SeenBefore } from "../store/capture-sessions.ts";
import type { KeptPicture } from "../store/kept-pictures.ts";
import type { Customer } from "../store/records.ts";
import type { CounterKey, CustomerRef, Decision, LockGuard, Store, StoredAnswer } from "../store/store.ts";
import { StoreError } from "../store/store-error.ts";
import { NO_SPAN, type Span, within } from "../tracing/tracer.ts";
import type { Vault } from "../vault/vault.ts";
import { countAttempt, failureOf } from "./count-attempt.ts";
import { type CaptureEvidence, type Judgement, judgeClaim, judgeFault, judgeLock, judgePicture } from "./judge.ts";
import { sourceSubject } from "./source-subject.ts";

/** What an authentication works with. */
export interface AuthenticationParts {
  readonly store: Pick<
    Store,
    | "readCustomer"
    | "readLock"
    | "beginIdempotent"
    | "abandonIdempotent"
    | "recordDecision"
    | "recordLockedAttempt"
    | "findSeenPicture"
  >;
  readonly vault: Pick<Vault, "seal" | "open" | "subject" | "digest" | "tenantSecret">;
  readonly engine: Pick<Engine, "inspect">;
  readonly compare: (a: Template, b: Template) => Comparison;
  /** What of a picture file may be kept, where a policy keeps any. */
  readonly bare: (image: Uint8Array) => BareImage | null;
  readonly readPolicy: (tenantId: string) => Promise<Policy>;
  readonly clock: Clock;
  readonly random: Random;
}

/** One attempt. */
export interface AuthenticationRequest {
  readonly tenantId: string;
  readonly customerId: string;
  readonly image: Uint8Array;
  /** The end user's address or device as the caller knows it; `null`: not told. */
  readonly source: string | null;
  readonly idempotencyKey: string | null;
  /** Makes the answer out of what was decided; its bytes are stored with the decision and answered again. */
  readonly present: (decided: DecidedAttempt) => StoredAnswer;
  /** The capture that the picture came from; absent: it came with the call. */
  readonly capture?: CaptureEvidence & { readonly sessionId: string };
  /** What the attempt is part of; absent: it is not traced. */
  readonly span?: Span;
}

/** One decided attempt, before it is stored. */
export interface DecidedAttempt extends Judgement {
  readonly authenticationId: string;
  readonly eventId: string;
  readonly customerId: string;
  /** `null`: the transaction never began (4003, 4004). */
  readonly transactionId: string | null;
  readonly notification: Notification;
  /** Milliseconds per stage. */
  readonly timings: Readonly<Record<string, number>>;
}

/** What becomes of an attempt. Only `decided` leaves an event; `replayed` is an answer given before. */
export type AuthenticationResult =
  | {
      readonly kind: "decided";
      readonly answer: StoredAnswer;
      readonly outcome: Outcome;
      readonly reason: string | null;
      /** With 9005 alone: when to try again; `null`: an operator must unlock. */
      readonly retryAfterMs?: number | null;
    }
  /** Too many failures, and this lock has its event already. */
  | { readonly kind: "locked"; readonly retryAfterMs: number | null }
  | { readonly kind: "replayed"; readonly answer: StoredAnswer }
  | { readonly kind: "running" | "otherRequest" }
  /** The capture was decided on before, or its time was up: nothing was decided. */
  | { readonly kind: "captureEnded" }
  | { readonly kind: "refused"; readonly problem: RefusedProblem };

/** How long a run may hold its Idempotency-Key: well over the engine's own deadlines (engine.md §2). */
const IDEMPOTENCY_LEASE_MS = 60_000;

/** A customer that is changed this often during one attempt is being changed on purpose. */
const MOST_DECISIONS = 5;

/**
 * The way of one authentication, from a picture in memory to an answer that is already on disk.
 * @throws {StoreError} what could not be stored was not decided: no event, the caller may repeat
 * @see product.md, "The way of one authentication"
 */
export async function authenticate(
  parts: AuthenticationParts,
  request: AuthenticationRequest,
): Promise<AuthenticationResult> {
  const { store, vault } = parts;
  const { tenantId, customerId, idempotencyKey: key } = request;
  const imageDigest = vault.digest("image", tenantId, request.image);
  const subject = vault.subject(tenantId, customerId);
  const attempt: Attempt = { parts, request, imageDigest, subject, span: request.span ?? NO_SPAN };
  if (key === null) return await decideAndRecord(attempt);
  const start = await store.beginIdempotent({
    tenantId,
    key,
    subject: attempt.subject,
    requestHash: hashOf(attempt),
    leaseMs: IDEMPOTENCY_LEASE_MS,
  });
  if (start.kind === "done") return { kind: "replayed", answer: start.answer };
  if (start.kind !== "started") return { kind: start.kind };
  return await decideUnderKey(attempt, key);
}

interface Attempt {
  readonly parts: AuthenticationParts;
  readonly request: AuthenticationRequest;
  readonly imageDigest: string;
  readonly subject: string;
  readonly span: Span;
}

/** The same attempt, whether it came as JSON or as multipart. */
function hashOf({ parts, request, imageDigest }: Attempt): string {
  const text = JSON.stringify([request.customerId, request.source, imageDigest]);
  return parts.vault.digest("request", request.tenantId, new TextEncoder().encode(text));
}

async function decideUnderKey(attempt: Attempt, key: string): Promise<AuthenticationResult> {
  const { store } = attempt.parts;
  const free = async (): Promise<void> => {
    await store.abandonIdempotent({ tenantId: attempt.request.tenantId, key });
  };
  let result: AuthenticationResult;
  try {
    result = await decideAndRecord(attempt);
  } catch (fault) {
    // A store that fails here, too, frees the key by its lease; the first fault is the one to tell.
    await free().catch(() => undefined);
    throw fault;
  }
  if (result.kind === "refused" || result.kind === "locked") await free();
  return result;
}

async function decideAndRecord(attempt: Attempt): Promise<AuthenticationResult> {
  const { parts, request, subject } = attempt;
  const startedAtMs = parts.clock.monotonicMs();
  const ref: CustomerRef = { tenantId: request.tenantId, customerId: request.customerId, subject };
  let seen: Seen | null = null;
  for (let count = 0; count < MOST_DECISIONS; count += 1) {
    const [customer, policy] = await Promise.all([parts.store.readCustomer(ref), parts.readPolicy(request.tenantId)]);
    const claim = judgeClaim(customer);
    const guard = guardOf(attempt, { claim, policy });
    const turn: Turn = { ref, customer, policy, startedAtMs, guard, picture: null };
    const lock = await parts.store.readLock({ tenantId: ref.tenantId, ...turn.guard });
    if (lock.kind === "locked") {
      const result = await recordLocked(attempt, turn);
      if (result !== null) return result;
      continue;
    }
    if (claim === null) seen = await inspect(attempt, { policy, seen });
    const inspection = seen?.inspection ?? null;
    const refused = inspection?.problems.find(isRefused);
    if (refused !== undefined) return { kind: "refused", problem: refused };
    const marks = remembers(attempt, policy) ? { digest: attempt.imageDigest, bands: null } : null;
    const seenBefore = marks === null ? NEVER_SEEN : await parts.store.findSeenPicture({ ...ref, ...marks });
    const capture = request.capture ?? null;
    const judgement =
      claim ??
      (inspection === null || customer === null
        ? judgeFault("engineFailed")
        : judgePicture(inspection, { ...parts, ...attempt, customer, policy, seenBefore, capture }));
    // What could not be judged may be sent again as it is.
    const remembered = marks !== null && judgement.outcome.kind !== "error";
    const picture = remembered ? { ...marks, fresh: !seenBefore.sameBytes } : null;
    const result = await record(attempt, { ...turn, picture }, { judgement, inspection, begun: claim === null });
    if (result !== null) return result;
  }
  throw new StoreError("busy", "the customer kept changing while the attempt was decided");
}

const NEVER_SEEN: SeenBefore = { sameBytes: false, alike: false };

/** Whether pictures are known again: a camera never gives the same bytes twice, a caller's retry does. */
function remembers({ request }: Attempt, policy: Policy): boolean {
  return request.capture !== undefined || policy.replayedPictures === "all";
}

/** What one look at the customer found. */
interface Turn {
  readonly ref: CustomerRef;
  readonly customer: Customer | null;
  readonly policy: Policy;
  readonly guard: LockGuard;
  readonly startedAtMs: number;
  /** `null`: it is not remembered. */
  readonly picture: Decision["picture"] | null;
}

/** Whose failures bar this attempt: the source's, and the customer's where there is somebody to be guessed (T7). */
function guardOf(
  attempt: Attempt,
  { claim, policy }: { readonly claim: Judgement | null; readonly policy: Policy },
): LockGuard {
  const { source } = attempt.request;
  const keys: CounterKey[] = [];
  if (claim === null) keys.push({ scope: "customer", subject: attempt.subject });
  if (source !== null) keys.push({ scope: "source", subject: sourceOf(attempt, source) });
  return { keys, limits: lockLimitsOf(policy) };
}

/** `null`: the customer was changed, or locked, since it was read. */
async function record(
  attempt: Attempt,
  turn: Turn,
  {
    judgement,
    inspection,
    begun,
  }: { readonly judgement: Judgement; readonly inspection: Inspection | null; readonly begun: boolean },
): Promise<AuthenticationResult | null> {
  const decided = compose(attempt, { judgement, begun, timings: timingsOf(attempt, turn, inspection) });
  const answer = attempt.request.present(decided);
  // Of whom the picture might show there is a consent only where a customer was judged.
  const kept = inspection === null ? null : keptOf(attempt, turn, decided);
  const decision = { ...decisionOf(attempt, { turn, decided, answer }), ...(kept === null ? {} : { kept }) };
  const result = await within(
    attempt.span,
    "store decision",
    async () => await attempt.parts.store.recordDecision(decision),
  );
  switch (result.kind) {
    case "recorded":
      tellSpan(attempt, decided);
      return { kind: "decided", answer, outcome: decided.outcome, reason: decided.reason };
    case "alreadyDecided":
      return { kind: "replayed", answer: result.answer };
    case "captureEnded":
      return result;
    case "customerChanged":
    case "locked":
      return null;
  }
}

/** `null`: the lock ended, or the customer was changed, since they were read. */
async function recordLocked(attempt: Attempt, turn: Turn): Promise<AuthenticationResult | null> {
  const decided = compose(attempt, { judgement: judgeLock(), begun: false, timings: timingsOf(attempt, turn, null) });
  const answer = attempt.request.present(decided);
  const decision = decisionOf(attempt, { turn, decided, answer });
  const result = await within(
    attempt.span,
    "store decision",
    async () => await attempt.parts.store.recordLockedAttempt(decision),
  );
  switch (result.kind) {
    case "recorded":
      tellSpan(attempt, decided);
      return { ...decided, kind: "decided", answer, retryAfterMs: result.retryAfterMs };
    case "quiet":
      return { kind: "locked", retryAfterMs: result.retryAfterMs };
    case "alreadyDecided":
      return { kind: "replayed", answer: result.answer };
    case "captureEnded":
      return result;
    case "customerChanged":
    case "open":
      return null;
  }
}

function tellSpan({ span }: Attempt, { outcome, reason, authenticationId, eventId }: DecidedAttempt): void {
  span.tell({ outcome: outcome.kind, reason, authenticationId, eventId });
}

function timingsOf(
  { parts }: Attempt,
  { startedAtMs }: Turn,
  inspection: Inspection | null,
): Readonly<Record<string, number>> {
  return { ...inspection?.timings, total: parts.clock.monotonicMs() - startedAtMs };
}

/** `null`: the engine failed as a whole; what it saw in a picture is in the inspection. */
interface Seen {
  readonly inspection: Inspection | null;
  /** Whether a head cover was looked for. */
  readonly headCover: boolean;
}

/** Looks once, and again only where the policy asks since for what was not looked for: nobody passes by its absence. */
async function inspect(
  { parts, request, span }: Attempt,
  { policy, seen }: { readonly policy: Policy; readonly seen: Seen | null },
): Promise<Seen> {
  const headCover = policy.checks.headCover !== "off";
  if (seen !== null && (seen.headCover || !headCover)) return seen;
  const look = async () => await parts.engine.inspect(request.image, { purpose: "match", headCover });
  try {
    return { inspection: await within(span, "inspect picture", look), headCover };
  } catch (fault) {
    // The server is stopping: nothing is decided, and the caller may repeat.
    if (fault instanceof EngineError && fault.code === "closed") throw fault;
    return { inspection: null, headCover };
  }
}

function compose(
  { parts, request }: Attempt,
  {
    judgement,
    begun,
    timings,
  }: {
    readonly judgement: Judgement;
    readonly begun: boolean;
    readonly timings: Readonly<Record<string, number>>;
  },
): DecidedAttempt {
  const { customerId } = request;
  const transactionId = begun ? newId(parts.random) : null;
  const notification = makeNotification(judgement.outcome, {
    customerId,
    ...(transactionId === null ? {} : { transactionId }),
  });
  const nowMs = parts.clock.nowMs();
  const [authenticationId, eventId] = [newTimedId(parts.random, nowMs), newTimedId(parts.random, nowMs)];
  return { ...judgement, authenticationId, eventId, customerId, transactionId, notification, timings };
}

function decisionOf(
  attempt: Attempt,
  { turn, decided, answer }: { readonly turn: Turn; readonly decided: DecidedAttempt; readonly answer: StoredAnswer },
): Decision {
  const { outcome } = decided;
  const { ref, customer, guard, picture } = turn;
  const { source, idempotencyKey, capture } = attempt.request;
  return {
    ...ref,
    ...(capture === undefined ? {} : { captureSessionId: capture.sessionId }),
    ...(picture === null || picture === undefined ? {} : { picture }),
    readRevision: customer?.revision ?? null,
    guard,
    authentication: {
      authenticationId: decided.authenticationId,
      outcome: outcome.kind,
      failure: failureOf(outcome),
      reason: decided.reason,
      transactionId: decided.transactionId,
      interviewId: outcome.kind === "passed" ? outcome.interviewId : null,
      details: JSON.stringify(detailsOf(decided)),
    },
    event: {
      eventId: decided.eventId,
      body: encodeNotification(decided.notification),
      traceparent: attempt.span.traceparent,
    },
    counters: countAttempt(outcome, {
      customer: ref.subject,
      source: source === null ? null : sourceOf(attempt, source),
    }),
    idempotency: idempotencyKey === null ? null : { key: idempotencyKey, answer },
  };
}

/** The picture as it is to be kept; `null`: the policy keeps none, or nothing of it can be read. */
function keptOf({ parts, request }: Attempt, turn: Turn, { authenticationId }: DecidedAttempt): KeptPicture | null {
  const keepMs = keepPicturesMs(turn.policy);
  const bare = keepMs === 0 ? null : parts.bare(request.image);
  return bare === null ? null : sealPicture(bare, { ...request, authenticationId, vault: parts.vault, keepMs });
}

function detailsOf({ checks, hints, flags, timings }: DecidedAttempt): unknown {
  return { checks, hints, ...(flags.length === 0 ? {} : { flags }), timings };
}

function sourceOf({ parts, request }: Attempt, source: string): string {
  return sourceSubject(parts.vault, { tenantId: request.tenantId, source });
}
