import {
  classify,
  createVerifier,
  type HeadersLike,
  type Primitives,
  parseStrictJson,
  parseVerifyKey,
  type ReceivedOutcome,
  TEST_ID_PREFIX,
} from "@sameface/contract";
import type { DedupeStore, NowMs } from "./dedupe/dedupe-store.ts";
import { createMemoryStore } from "./dedupe/memory.ts";
import { type AnyHandler, createHandlers, type Handler, type HandlerName } from "./handlers.ts";
import type { ReceivedEvent } from "./received-event.ts";
import { ReceiverError } from "./receiver-error.ts";
import { acknowledge, handlerFailed, type Reply, refuse, stillRunning } from "./reply.ts";

/** Largest body that is read, bytes: 1 MiB (contract.md §5). */
export const MAX_BODY_BYTES = 1_048_576;

const DEFAULT_LEASE_MS = 60_000;
const DEFAULT_TOLERANCE_SECONDS = 300;

/** How a receiver is set up. */
export interface ReceiverOptions extends Primitives {
  /** `whsec_…`, or 24 to 64 raw bytes; several during a rotation. */
  readonly secrets?: readonly (string | Uint8Array)[];
  /** `whpk_…`; with one of these no secret is needed. */
  readonly publicKeys?: readonly string[];
  /** Which events were handled; default: memory, which forgets at a restart. */
  readonly store?: DedupeStore;
  /** How far the sender's clock may be off, both ways: 60…600, default 300. */
  readonly toleranceSeconds?: number;
  /** How long a handler may take before a retry of the sender may run it again; default 60,000. */
  readonly leaseMs?: number;
  /** Hand test sends to handlers too; default false: they are acknowledged and left. */
  readonly handleTests?: boolean;
  /** Default `Date.now`. */
  readonly nowMs?: NowMs;
}

/** A request as an adapter hands it in. */
export interface IncomingRequest {
  /** The raw bytes as they came; anything that is not bytes is refused with the mend. */
  readonly body: unknown;
  readonly headers: HeadersLike;
}

/** Verifies, parses, de-duplicates, and calls the handler for the outcome. */
export interface Receiver {
  /** Registers the one handler of a name; `not-passed` gets what no finer name takes. @throws {ReceiverError} `handlerTwice` */
  on<Name extends HandlerName>(name: Name, handler: Handler<Name>): Receiver;
  /** Gets what no handler took; without it such an event is acknowledged. */
  onUnhandled(handler: AnyHandler): Receiver;
  /** The id was received before with another body: an alarm. The event is acknowledged. */
  onConflict(handler: (event: ReceivedEvent) => void | Promise<void>): Receiver;
  /** One request; never rejects for what a sender may send. */
  receive(request: IncomingRequest): Promise<Reply>;
}

/**
 * A receiver of 1:1 authentication webhooks.
 * @throws {ReceiverError} `badOption`; {@link ContractError} `bad_secret`: no key, or one that can't be one
 * @example
 * const receiver = createReceiver({ secrets: [secret] })
 *   .on("passed", (outcome) => { signIn(outcome.customerId); })
 *   .on("not-passed", (outcome) => { refuse(outcome.customerId, outcome.kind); });
 */
export function createReceiver(options: ReceiverOptions): Receiver {
  const { store = createMemoryStore(), nowMs = Date.now, leaseMs = DEFAULT_LEASE_MS, handleTests = false } = options;
  const verify = createVerifier({
    ...options,
    keys: [...(options.secrets ?? []), ...(options.publicKeys ?? [])].map(parseVerifyKey),
    toleranceSeconds: checkTolerance(options.toleranceSeconds),
  });
  const handlers = createHandlers();
  let unhandled: AnyHandler | undefined;
  let conflict: ((event: ReceivedEvent) => void | Promise<void>) | undefined;

  const handleOnce = async (outcome: ReceivedOutcome, event: ReceivedEvent): Promise<Reply> => {
    const handler = handlers.find(outcome) ?? unhandled;
    const begun = await store.begin({ id: event.id, bodyHash: await sha256(event.body), leaseMs });
    if (begun.kind === "done") return acknowledge("duplicate");
    if (begun.kind === "running") return stillRunning(begun.retryAfterMs);
    if (begun.kind === "conflict") {
      await conflict?.(event);
      return acknowledge("conflict");
    }
    const run = { id: event.id, token: begun.token };
    try {
      await handler?.(outcome, event);
    } catch (error) {
      await store.failed(run);
      return handlerFailed(error);
    }
    await store.done(run);
    return acknowledge(handler === undefined ? "unhandled" : "handled");
  };

  const receiver: Receiver = {
    on(name, handler) {
      handlers.set(name, handler);
      return receiver;
    },
    onUnhandled(handler) {
      unhandled = handler;
      return receiver;
    },
    onConflict(handler) {
      conflict = handler;
      return receiver;
    },
    async receive({ body, headers }) {
      if (!(body instanceof Uint8Array)) return refuse("parsed_body");
      if (body.length > MAX_BODY_BYTES) return refuse("too_large");
      const verified = await verify({ body, headers, nowSeconds: nowMs() / 1000 });
      if (!verified.ok) return refuse(verified.reason);
      const json = parseStrictJson(body, { maxBytes: MAX_BODY_BYTES });
      if (!json.ok) return refuse(json.reason);
      const outcome = classify(json.value);
      if (outcome.kind === "malformed") return refuse("malformed");
      const test = verified.id.startsWith(TEST_ID_PREFIX);
      if (test && !handleTests) return acknowledge("test");
      return await handleOnce(outcome, { id: verified.id, timestampSeconds: verified.timestampSeconds, test, body });
    },
  };
  return receiver;
}

function checkTolerance(toleranceSeconds: number = DEFAULT_TOLERANCE_SECONDS): number {
  if (toleranceSeconds >= 60 && toleranceSeconds <= 600) return toleranceSeconds;
  throw new ReceiverError("badOption", `toleranceSeconds is ${toleranceSeconds}; allowed: 60…600`);
}

async function sha256(body: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", Uint8Array.from(body));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
