import { newId, type OutcomeKind, TEST_ID_PREFIX } from "@sameface/contract";
import type { Clock } from "../clock.ts";
import type { Random } from "../random.ts";
import { type Endpoint, FOR_LISTENER } from "../store/records.ts";
import type { AttemptResult, InTenant, Store } from "../store/store.ts";
import type { ListenerClaim } from "../store/stream-store.ts";
import type { Asked } from "./endpoints.ts";
import { PROFILES } from "./profiles.ts";
import { makeSecrets, type Sealer } from "./sealed-endpoint.ts";
import { failureReason, type SendResult } from "./send-result.ts";
import { signRequest, type ToSign } from "./sign-request.ts";
import { createWakeUp, type WakeUp } from "./wake-up.ts";

/** What {@link createStreams} is made of. */
export interface StreamsOptions {
  readonly store: Pick<
    Store,
    | "createStream"
    | "openStream"
    | "claimForListener"
    | "deleteIdleStreams"
    | "finishAttempt"
    | "readDelivery"
    | "readEndpoint"
    | "readEvent"
    | "onDeliveriesDue"
  >;
  readonly vault: Sealer;
  readonly clock: Clock;
  readonly random: Random;
  /** Of sameface, for `user-agent`. */
  readonly version: string;
  readonly limits?: StreamLimits;
}

/** How long things of streams last. */
export interface StreamLimits {
  /** A listener that asks is answered after this at the latest, so that either side notices a dead line. */
  readonly answerMs: number;
  /** How often a waiting listener's stream is looked at for what another process stored. */
  readonly pollMs: number;
  /** Asking again takes a delivery back at once, so this only bounds a listener that never comes back. */
  readonly leaseMs: number;
  /** A stream that no listener asked for so long is deleted with what waits for it. */
  readonly idleMs: number;
  /** How often idle ones are looked for. */
  readonly sweepMs: number;
}

const HOUR_MS = 3_600_000;
/** What is shipped; an answer comes well before the 30 s after which a silent socket is closed (T18). */
export const STREAM_LIMITS: StreamLimits = {
  answerMs: 20_000,
  pollMs: 1_000,
  leaseMs: HOUR_MS,
  idleMs: 7 * 24 * HOUR_MS,
  sweepMs: HOUR_MS,
};

/** A stream as opened; `secret` where it was made by this call. */
export interface StreamOpened {
  readonly endpoint: Endpoint;
  readonly session: string;
  readonly waiting: number;
  readonly secret: string | null;
}

/** One request, ready to be posted as it is. */
export interface SignedRequest {
  readonly eventId: string;
  readonly outcome: OutcomeKind;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What became of the delivery that the listener had. */
export interface ListenerResult {
  readonly deliveryId: string;
  readonly fencingToken: number;
  readonly durationMs: number;
  readonly result: SendResult;
}

/** What a listener that asks is answered. */
export type NextForListener =
  | {
      readonly kind: "next";
      readonly deliveryId: string;
      readonly fencingToken: number;
      readonly request: SignedRequest;
    }
  | { readonly kind: "empty" | "taken" | "unknown" };

/** Deliveries for those who ask for them: no address to post to, no secret of another endpoint. */
export interface Streams {
  /** Makes the stream of that name, or takes it over with all that was missed meanwhile. */
  open(
    where: Asked & { readonly name: string; readonly outcomes?: readonly OutcomeKind[] | null },
  ): Promise<StreamOpened>;
  /** Records what became of the last one, then answers with the next as soon as there is one; `leaving`: with none. */
  next(
    where: ListenerRef & { readonly done: ListenerResult | null; readonly leaving?: boolean },
  ): Promise<NextForListener>;
  /** A past event, signed for this stream: under its own id, or marked as a test. */
  sign(
    where: InTenant & { readonly endpointId: string; readonly eventId: string; readonly marked: boolean },
  ): Promise<SignedRequest | "unknownStream" | "unknownEvent" | "erased">;
  /** Looks for idle streams from now on. */
  start(): void;
  /** Answers all that wait; those who ask later are answered at once. */
  close(): void;
}

/** Which stream, and who asks. */
export interface ListenerRef extends InTenant {
  readonly endpointId: string;
  readonly session: string;
}

/** @see docs/adr/0012-streams-are-asked-for.md */
export function createStreams(options: StreamsOptions): Streams {
  const { clock, store, limits = STREAM_LIMITS } = options;
  const waits = createWaits(options);
  let cancelSweep = (): void => undefined;
  const sweep = (): void => {
    // One that fails is made up for by the next.
    void store.deleteIdleStreams({ idleMs: limits.idleMs }).catch(() => undefined);
    cancelSweep = clock.after(limits.sweepMs, sweep);
  };
  return {
    open: async (where) => await openStream(where, options),
    next: async ({ done, leaving = false, ...ref }) => {
      if (done !== null) await record(ref, done, options);
      if (leaving) {
        waits.end(ref);
        return { kind: "empty" };
      }
      const claim = await waits.claim(ref, limits);
      if (claim.kind !== "claimed") return claim;
      const { deliveryId, fencingToken } = claim.delivery;
      return { kind: "next", deliveryId, fencingToken, request: await signed(claim.delivery, options) };
    },
    sign: async (where) => await signPast(where, options),
    start: sweep,
    close: () => {
      cancelSweep();
      waits.close();
    },
  };
}

/** One listener that waits; `isOver()`: its next look is its last. */
interface Wait {
  readonly wakeUp: WakeUp;
  readonly end: () => void;
  readonly isOver: () => boolean;
}

interface Waits {
  claim(ref: ListenerRef, limits: StreamLimits): Promise<ListenerClaim>;
  /** Answers who waits for this stream. */
  end(ref: ListenerRef): void;
  close(): void;
}

/** Those who wait, the latest of each stream: an earlier one speaks over a line that its listener has left. */
function createWaits({ store, clock }: Pick<StreamsOptions, "store" | "clock">): Waits {
  const waiting = new Map<string, Wait>();
  let isClosed = false;
  const unsubscribe = store.onDeliveriesDue(() => {
    for (const { wakeUp } of waiting.values()) wakeUp.wake();
  });
  const keyOf = ({ tenantId, endpointId }: ListenerRef): string => JSON.stringify([tenantId, endpointId]);
  return {
    end: (ref) => waiting.get(keyOf(ref))?.end(),
    claim: async (ref, { answerMs, pollMs, leaseMs }) => {
      const key = keyOf(ref);
      waiting.get(key)?.end();
      const own = createWait(clock);
      if (isClosed) own.end();
      waiting.set(key, own);
      const untilMs = clock.monotonicMs() + answerMs;
      try {
        for (let takeBack = true; ; takeBack = false) {
          const claim = await store.claimForListener({ ...ref, leaseMs, takeBack });
          const leftMs = untilMs - clock.monotonicMs();
          if (claim.kind !== "empty" || own.isOver() || leftMs <= 0) return claim;
          await own.wakeUp.wait(Math.min(pollMs, leftMs));
          if (own.isOver()) return claim;
        }
      } finally {
        if (waiting.get(key) === own) waiting.delete(key);
      }
    },
    close: () => {
      isClosed = true;
      unsubscribe();
      for (const one of waiting.values()) one.end();
    },
  };
}

function createWait(clock: Clock): Wait {
  const wakeUp = createWakeUp(clock);
  let isOver = false;
  return {
    wakeUp,
    isOver: () => isOver,
    end: () => {
      isOver = true;
      wakeUp.wake();
    },
  };
}

async function openStream(
  { tenantId, actor, name, outcomes }: Parameters<Streams["open"]>[0],
  options: StreamsOptions,
): Promise<StreamOpened> {
  const { store, random } = options;
  const session = newId(random);
  const holder = { tenantId, name, session };
  const known = async (): Promise<StreamOpened | null> => {
    const opened = await store.openStream({ ...holder, ...(outcomes === undefined ? {} : { outcomes }) });
    return opened === null ? null : { ...opened, session, secret: null };
  };
  const opened = await known();
  if (opened !== null) return opened;
  const ref = { tenantId, endpointId: newId(random) };
  const { sealed, secret } = await makeSecrets(ref, options);
  const made = await store.createStream({
    ...holder,
    ...ref,
    url: `stream:${encodeURIComponent(name)}`,
    description: null,
    profile: "standard",
    outcomes: outcomes ?? null,
    sealedHeaders: null,
    authKind: null,
    sealedAuth: null,
    rateLimit: null,
    ordered: false,
    unverified: false,
    operator: false,
    secrets: sealed,
    disabledReason: FOR_LISTENER,
    audit: { actor, action: "endpoint.created", target: `endpoint:${ref.endpointId}`, details: { kind: "stream" } },
  });
  if (!("kind" in made)) return { endpoint: made, session, waiting: 0, secret };
  // Two listeners of one name at the same moment: the other was quicker.
  const second = await known();
  if (second === null) throw new TypeError("a name that is taken is known");
  return second;
}

/** One attempt of each: a receiver under development is asked again by its developer, not by a schedule. */
async function record(
  { tenantId, endpointId }: ListenerRef,
  { deliveryId, fencingToken, durationMs, result }: ListenerResult,
  { store, clock }: StreamsOptions,
): Promise<void> {
  const delivery = await store.readDelivery({ tenantId, deliveryId });
  if (delivery?.endpointId !== endpointId) return;
  const reason = failureReason(result);
  const startedAtMs = clock.nowMs() - durationMs;
  const attempt = { startedAtMs, durationMs, reason, result: reason === null ? "delivered" : "failed" } as const;
  const next: AttemptResult["next"] = reason === null ? { kind: "delivered" } : { kind: "dead", reason };
  // A stale one was erased, or went to another listener.
  const made = { ...attempt, ...replyOf(result) };
  await store.finishAttempt({ tenantId, deliveryId, endpointId, fencingToken, next, attempt: made });
}

function replyOf(result: SendResult): Pick<AttemptResult["attempt"], "httpStatus" | "replyBody" | "replyContentType"> {
  return result.kind === "failed"
    ? { httpStatus: null, replyBody: null, replyContentType: null }
    : { httpStatus: result.status, replyBody: result.replyBody, replyContentType: result.contentType };
}

/** Whether that status acknowledges on a stream. */
export function acknowledgesOnStream(status: number): boolean {
  return PROFILES.standard.acknowledges(status, null);
}

/** Whether the endpoint is a stream, which nothing is ever posted to. */
export function isStream(endpoint: Endpoint): boolean {
  return endpoint.disabledReason === FOR_LISTENER;
}

async function signPast(
  { tenantId, endpointId, eventId, marked }: Parameters<Streams["sign"]>[0],
  options: StreamsOptions,
): ReturnType<Streams["sign"]> {
  const endpoint = await options.store.readEndpoint({ tenantId, endpointId });
  if (endpoint === null || !isStream(endpoint)) return "unknownStream";
  const event = await options.store.readEvent({ tenantId, eventId });
  if (event === null) return "unknownEvent";
  const { outcome, body } = event;
  if (outcome === null || body === null) return "erased";
  const id = marked && !event.test ? TEST_ID_PREFIX + newId(options.random) : eventId;
  return await signed({ endpoint, eventId: id, outcome, body, sequence: null, attemptNumber: 1 }, options);
}

async function signed(toSign: ToSign, { vault, clock, version }: StreamsOptions): Promise<SignedRequest> {
  const { outcome } = toSign;
  if (outcome === null) throw new TypeError("a stream receives no operator event");
  const headers = await signRequest(toSign, { vault, version, nowMs: clock.nowMs() });
  return { eventId: toSign.eventId, outcome, headers, body: toSign.body };
}
