import { type HeadersLike, TEST_ID_PREFIX } from "@sameface/contract";
import { type Hash, webHash } from "./body-hash.ts";
import { bytesOf } from "./bytes-of.ts";
import { badOption, checkLeast } from "./check-option.ts";
import type { NowMs, ReceiverStore } from "./dedupe/dedupe-store.ts";
import { createMemoryStore } from "./dedupe/memory.ts";
import { createHandleOnce } from "./handle-once.ts";
import {
  type AnyHandler,
  type ConflictHandler,
  createHandlers,
  type ErrorHandler,
  type Handler,
  type HandlerName,
  type Handlers,
} from "./handlers.ts";
import { createInbox, type Inbox, type SetTimer } from "./inbox.ts";
import { readOutcome, type Unreadable } from "./read-outcome.ts";
import { ReceiverError } from "./receiver-error.ts";
import { acknowledge, failed, quarantined, type Reply, refuse } from "./reply.ts";
import { type Authenticated, createAuthenticate, type SourceOptions } from "./source.ts";

const DEFAULT_LEASE_MS = 60_000;
/** The vendor's last retry comes after 32 minutes (contract.md §5). */
const POSSIBLE_RETRY_MS = 35 * 60_000;

/** How a receiver is set up. */
export interface ReceiverOptions extends SourceOptions {
  /** What was handled, what waits, and what could not be read; default: memory, which forgets at a restart. */
  readonly store?: ReceiverStore;
  /**
   * When the sender is answered: once the event is `handled` (default), or once it is `stored`, for handlers that take
   * longer than a sender waits. What is stored is handled in this process, and after a crash by the next that drains.
   */
  readonly acknowledge?: "handled" | "stored";
  /** How long a handler may take before it may be run again, 1,000 or more; default 60,000. */
  readonly leaseMs?: number;
  /** Hand test sends to handlers too; default false: they are acknowledged and left. */
  readonly handleTests?: boolean;
  /** Default `Date.now`. */
  readonly nowMs?: NowMs;
  /** Default `setTimeout`; only with `acknowledge: "stored"`. */
  readonly setTimer?: SetTimer;
  /** SHA-256 of a body; default WebCrypto's. */
  readonly hash?: Hash;
  /** Makes the id of an event that came without any; default `crypto.randomUUID`. */
  readonly newId?: () => string;
}

/** A request as an adapter hands it in. */
export interface IncomingRequest {
  /** The raw bytes as they came; anything that is not bytes is refused with the mend. */
  readonly body: unknown;
  readonly headers: HeadersLike;
}

/** What an adapter serves: a receiver, or a token endpoint. */
export interface Receives {
  /** One request. Never rejects: what the sender or the handler did wrong is in the reply. */
  receive(request: IncomingRequest): Promise<Reply>;
}

/** Verifies, parses, de-duplicates, and calls the handler for the outcome. Each function is set at most once. */
export interface Receiver extends Receives {
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
  /**
   * Handles what is stored and due, and resolves when nothing is. With `acknowledge: "stored"`: call it once the handlers
   * are set, so that a restart goes on where a crash ended; where no process stays, from a schedule. Never rejects.
   */
  readonly drain: () => Promise<void>;
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
  const { answer, inbox } = createAnswer(options, handlers);
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
    drain: inbox.drain,
  };
  return receiver;
}

type Proven = Authenticated & { readonly ok: true };

function createAnswer(
  options: ReceiverOptions,
  handlers: Handlers,
): { readonly answer: Receives["receive"]; readonly inbox: Inbox } {
  const { nowMs = Date.now, setTimer = setTimeout, handleTests = false, hash = webHash } = options;
  const newId = options.newId ?? crypto.randomUUID.bind(crypto);
  const authenticate = createAuthenticate(options);
  const store = options.store ?? createMemoryStore({ nowMs });
  const leaseMs = checkLeast(options.leaseMs ?? DEFAULT_LEASE_MS, { name: "leaseMs", least: 1000 });
  const parts = { store, leaseMs, handlers, nowMs, setTimer, hash };
  const inbox = createInbox(parts);
  const take = checkAcknowledge(options) === "stored" ? inbox.take : createHandleOnce(parts);
  const answer: Receives["receive"] = async ({ body: given, headers }) => {
    const body = bytesOf(given);
    if (body === null) return refuse("parsed_body");
    const proven = await authenticate({ body, headers, nowSeconds: nowMs() / 1000 });
    if (!proven.ok) return refuse(proven.reason);
    const bodyHash = await hash(body);
    const outcome = readOutcome(body);
    if (typeof outcome === "string")
      return await setAside(options, handlers, { proven, body, bodyHash, reason: outcome });
    const id = proven.id ?? outcome.transactionId;
    const test = id?.startsWith(TEST_ID_PREFIX) === true;
    if (test && !handleTests) return acknowledge("test");
    const event = { timestampSeconds: proven.timestampSeconds, test, body };
    if (id !== null) return await take(outcome, { id, possibleRetry: false, ...event }, bodyHash);
    // No webhook id may hold a blank, so no event has this key.
    const possibleRetry = await store.noted(`body ${bodyHash}`, POSSIBLE_RETRY_MS);
    return await take(outcome, { id: newId(), possibleRetry, ...event }, bodyHash);
  };
  return { answer, inbox };
}

/** What is authentic and can't be read is kept where a store is configured, and answered as the source has it. */
async function setAside(
  { store, source }: ReceiverOptions,
  handlers: Handlers,
  { proven: { id, timestampSeconds }, body, bodyHash, reason }: UnreadableBody,
): Promise<Reply> {
  await store?.quarantine({ id, reason, body, bodyHash });
  if (source !== "incode") return refuse(reason);
  const error = new ReceiverError("unreadable", `a body that can't be read was acknowledged: ${reason}`);
  await handlers.report(error, { id: id ?? "", timestampSeconds, test: false, possibleRetry: false, body });
  return quarantined(reason);
}

interface UnreadableBody {
  readonly proven: Proven;
  readonly body: Uint8Array;
  readonly bodyHash: string;
  readonly reason: Unreadable;
}

function checkAcknowledge({ acknowledge: when = "handled", store }: ReceiverOptions): "handled" | "stored" {
  if (when === "handled" || store !== undefined) return when;
  throw badOption('acknowledge "stored" needs a store: memory would lose what was acknowledged');
}
