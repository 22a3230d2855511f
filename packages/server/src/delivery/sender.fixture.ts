import assert from "node:assert/strict";
import { type Network, parseNetworks } from "./address.ts";
import { PROFILES } from "./profiles.ts";
import { realClock } from "./real-clock.fixture.ts";
import type { Resolver } from "./resolver.ts";
import {
  createSender,
  SEND_LIMITS,
  type Sender,
  type SenderOptions,
  type SendLimits,
  type SendRequest,
} from "./send.ts";

/** Networks from text that a test knows to be right. */
export function networksOf(text: string): readonly Network[] {
  const parsed = parseNetworks(text);
  assert.ok(parsed.ok);
  return parsed.networks;
}

/** A resolver that answers from a table, one answer after the other; the last one for ever. */
export function stubResolver(table: Readonly<Record<string, readonly (readonly string[])[]>>): Resolver {
  const asked = new Map<string, number>();
  return {
    resolve: async (hostname) => {
      const answers = table[hostname] ?? [];
      const turn = asked.get(hostname) ?? 0;
      asked.set(hostname, turn + 1);
      const addresses = answers[Math.min(turn, answers.length - 1)];
      return await Promise.resolve(
        addresses === undefined ? { kind: "failed", reason: "nameNotFound" } : { kind: "addresses", addresses },
      );
    },
  };
}

/** Shorter than shipped, so that a test of a deadline takes no time, and longer than a busy machine pauses. */
export const SHORT_LIMITS: SendLimits = { ...SEND_LIMITS, connectMs: 400, totalMs: 800, acknowledgedBodyMs: 100 };

/** A sender that may post to loopback. */
export function loopbackSender(options: Partial<SenderOptions> = {}): Sender {
  return createSender({
    resolver: stubResolver({}),
    allowedNetworks: networksOf("127.0.0.0/8"),
    clock: realClock,
    ownListeners: () => [],
    ownAddresses: () => [],
    limits: SHORT_LIMITS,
    ...options,
  });
}

/** A small POST of profile `standard`. */
export function postTo(url: string, changes: Partial<SendRequest> = {}): SendRequest {
  return {
    url,
    headers: { "content-type": "application/json" },
    body: new TextEncoder().encode('{"a":1}'),
    acknowledges: PROFILES.standard.acknowledges,
    signal: new AbortController().signal,
    ...changes,
  };
}
