import type { Clock } from "../clock.ts";
import type { Network } from "./address.ts";
import { type AddressGuard, createAddressGuard, type Listener } from "./address-guard.ts";
import { createConnectionPool } from "./connection-pool.ts";
import { createConnector } from "./connector.ts";
import { startDeadline } from "./deadline.ts";
import { checkEndpointUrl } from "./endpoint-url.ts";
import { type ExchangeRequest, exchange } from "./exchange.ts";
import type { Resolver } from "./resolver.ts";
import type { SendResult } from "./send-result.ts";

/** One attempt: where to, what, and what counts as an acknowledgement. */
export interface SendRequest extends Omit<ExchangeRequest, "path"> {
  /** As registered; it is judged again by the settings of now. */
  readonly url: string;
  /** Aborting it ends the attempt as `stopped`, or as the `SendError` that is its reason says. */
  readonly signal: AbortSignal;
}

/** Makes one attempt. Never rejects: whatever happens is a value. */
export type Send = (request: SendRequest) => Promise<SendResult>;

/** The limits of one attempt (reliability.md T9). */
export interface SendLimits {
  /** TCP and TLS together. */
  readonly connectMs: number;
  /** The whole exchange from the look-up to the last byte that is read: ONE clock. */
  readonly totalMs: number;
  /** How long a body behind acknowledging headers is waited for, within `totalMs`. */
  readonly acknowledgedBodyMs: number;
  readonly replyBytes: number;
  readonly replyHeaderBytes: number;
  readonly idleMs: number;
  readonly idlePerOrigin: number;
  readonly idleInAll: number;
}

/** What is shipped; only tests have others. */
export const SEND_LIMITS: SendLimits = {
  connectMs: 5_000,
  totalMs: 15_000,
  acknowledgedBodyMs: 1_000,
  replyBytes: 16_000,
  replyHeaderBytes: 16_000,
  // As undici's own default: shorter than the 5 s after which Node's HTTP server closes an idle connection.
  idleMs: 4_000,
  // Several endpoints may share an origin: none of what a worker has in flight there is to connect anew (measured).
  idlePerOrigin: 200,
  idleInAll: 1_000,
};

/** What {@link createSender} is made of. */
export interface SenderOptions {
  readonly resolver: Resolver;
  readonly allowedNetworks: readonly Network[];
  readonly clock: Clock;
  readonly ownListeners: () => readonly Listener[];
  readonly ownAddresses: () => readonly string[];
  readonly limits?: SendLimits;
}

/** The sender and the sockets it keeps. */
export interface Sender {
  readonly send: Send;
  /** The same judgement that every attempt passes, for the registration of an endpoint. */
  readonly guard: AddressGuard;
  /** Closes idle connections; attempts under way end by their own signal. */
  close(): void;
}

/** No redirect is followed, no proxy of the environment is used, no reply is decoded (S22, F5, F12). */
export function createSender({ limits = SEND_LIMITS, clock, ...options }: SenderOptions): Sender {
  const guard = createAddressGuard(options);
  const connector = createConnector({ guard, clock, connectTimeoutMs: limits.connectMs });
  const pool = createConnectionPool(
    { connector, maxHeaderBytes: limits.replyHeaderBytes, idleMs: limits.idleMs },
    limits,
  );
  const attempt = async (url: URL, request: ExchangeRequest, deadline: AbortSignal): Promise<SendResult> => {
    const exchangeOptions = { request, clock, deadline, maxReplyBytes: limits.replyBytes, ...limits };
    for (let connection = pool.take(url.origin); ; connection = pool.takeFresh(url.origin)) {
      const end = await exchange(connection, exchangeOptions);
      if (end.complete) pool.give(connection);
      else connection.destroy();
      // A fresh socket is never stale, so this goes round twice at most (F20).
      if (!end.stale) return end.result;
    }
  };
  const send: Send = async ({ url, signal, ...request }) => {
    const check = checkEndpointUrl(url, options);
    if (!check.ok) return { kind: "failed", reason: "refusedUrl" };
    const parsed = new URL(check.url);
    const deadline = startDeadline(signal, { clock, totalMs: limits.totalMs });
    try {
      return await attempt(parsed, { ...request, path: `${parsed.pathname}${parsed.search}` }, deadline.signal);
    } finally {
      deadline.cancel();
    }
  };
  return {
    send,
    guard,
    close: () => {
      pool.close();
    },
  };
}
