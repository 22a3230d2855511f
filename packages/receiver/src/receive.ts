import {
  classify,
  createVerifier,
  type HeadersLike,
  type Primitives,
  parseStrictJson,
  parseVerifyKey,
  TEST_ID_PREFIX,
} from "@sameface/contract";
import { MAX_BODY_BYTES } from "./collect-body.ts";
import type { DedupeStore, NowMs } from "./dedupe/dedupe-store.ts";
import { createMemoryStore } from "./dedupe/memory.ts";
import { createHandleOnce } from "./handle-once.ts";
import {
  type AnyHandler,
  type ConflictHandler,
  createHandlers,
  type ErrorHandler,
  type Handler,
  type HandlerName,
} from "./handlers.ts";
import { ReceiverError } from "./receiver-error.ts";
import { acknowledge, failed, type Reply, refuse } from "./reply.ts";

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
  /** How long a handler may take before a retry of the sender may run it again, 1,000 or more; default 60,000. */
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

/** Verifies, parses, de-duplicates, and calls the handler for the outcome. Each function is set at most once. */
export interface Receiver {
  /** Registers the handler of a name; `not-passed` gets what no finer name takes. @throws {ReceiverError} `handlerTwice` */
  on<Name extends HandlerName>(name: Name, handler: Handler<Name>): Receiver;
  /** Gets what no handler took; without it such an event is acknowledged. @throws {ReceiverError} `handlerTwice` */
  onUnhandled(handler: AnyHandler): Receiver;
  /**
   * The id was received before with another body: an alarm. The event is acknowledged; without this function it goes to
   * `onError`. @throws {ReceiverError} `handlerTwice`
   */
  onConflict(handler: ConflictHandler): Receiver;
  /** Is told what a handler or the store threw; default `console.error`. @throws {ReceiverError} `handlerTwice` */
  onError(handler: ErrorHandler): Receiver;
  /** One request. Never rejects: what the sender or the handler did wrong is in the reply. */
  receive(request: IncomingRequest): Promise<Reply>;
}

/**
 * A receiver of 1:1 authentication webhooks.
 * @throws {ReceiverError} `badOption`
 * @throws {ContractError} `bad_secret`, `bad_public_key`: no key, or one that can't be one
 * @example
 * const receiver = createReceiver({ secrets: [secret] })
 *   .on("passed", (outcome) => { signIn(outcome.customerId); })
 *   .on("not-passed", (outcome) => { refuse(outcome.customerId, outcome.kind); });
 */
export function createReceiver(options: ReceiverOptions): Receiver {
  const handlers = createHandlers();
  const answer = createAnswer(options, handlers);
  const receiver: Receiver = {
    on(name, handler) {
      handlers.set(name, handler as AnyHandler); // called with outcomes of its name only, which a map's type can't say
      return receiver;
    },
    onUnhandled(handler) {
      handlers.set("unhandled", handler);
      return receiver;
    },
    onConflict(handler) {
      handlers.setConflict(handler);
      return receiver;
    },
    onError(handler) {
      handlers.setError(handler);
      return receiver;
    },
    async receive(request) {
      try {
        return await answer(request);
      } catch (error) {
        await handlers.report(error);
        return failed(error);
      }
    },
  };
  return receiver;
}

function createAnswer(
  options: ReceiverOptions,
  handlers: ReturnType<typeof createHandlers>,
): (request: IncomingRequest) => Promise<Reply> {
  const { nowMs = Date.now, handleTests = false } = options;
  const verify = createVerifier({
    ...options,
    keys: [...(options.secrets ?? []), ...(options.publicKeys ?? [])].map(parseVerifyKey),
    toleranceSeconds: checkTolerance(options.toleranceSeconds),
  });
  const store = options.store ?? createMemoryStore({ nowMs });
  const handleOnce = createHandleOnce({ store, leaseMs: checkLease(options.leaseMs), handlers });
  return async (request) => {
    const body = bytesOf(request.body);
    if (body === null) return refuse("parsed_body");
    if (body.length > MAX_BODY_BYTES) return refuse("too_large");
    const verified = await verify({ body, headers: request.headers, nowSeconds: nowMs() / 1000 });
    if (!verified.ok) return refuse(verified.reason);
    const json = parseStrictJson(body);
    if (!json.ok) return refuse(json.reason);
    const outcome = classify(json.value);
    if (outcome.kind === "malformed") return refuse("malformed");
    const { id, timestampSeconds } = verified;
    const test = id.startsWith(TEST_ID_PREFIX);
    if (test && !handleTests) return acknowledge("test");
    return await handleOnce(outcome, { id, timestampSeconds, test, body });
  };
}

function bytesOf(body: unknown): Uint8Array | null {
  // By isView, not by instanceof: the sandbox of a test runner has a Uint8Array of its own.
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  return body instanceof ArrayBuffer ? new Uint8Array(body) : null;
}

function checkTolerance(toleranceSeconds: number = DEFAULT_TOLERANCE_SECONDS): number {
  if (toleranceSeconds >= 60 && toleranceSeconds <= 600) return toleranceSeconds;
  throw new ReceiverError("badOption", `toleranceSeconds is ${toleranceSeconds}; allowed: 60…600`);
}

function checkLease(leaseMs: number = DEFAULT_LEASE_MS): number {
  if (leaseMs >= 1000) return leaseMs;
  throw new ReceiverError("badOption", `leaseMs is ${leaseMs}; at least 1000`);
}
