import type { OutcomeKind } from "@sameface/contract";
import type { Endpoint } from "./records.ts";
import type { ClaimedDelivery, InTenant, NewEndpoint } from "./store.ts";

/** A stream, named within its tenant, and the listener that holds it: the one that opened it last. */
export interface StreamHolder extends InTenant {
  readonly name: string;
  readonly session: string;
}

/** What a listener gets that asks for the next delivery of its stream. */
export type ListenerClaim =
  | { readonly kind: "claimed"; readonly delivery: ClaimedDelivery }
  /** Nothing waits. */
  | { readonly kind: "empty" }
  /** Another listener opened the stream since. */
  | { readonly kind: "taken" }
  | { readonly kind: "unknown" };

/** The part of the port that keeps streams. */
export interface StreamStore {
  /** An endpoint whose deliveries are never posted: a listener asks for them. */
  createStream(stream: NewEndpoint & StreamHolder): Promise<Endpoint | { readonly kind: "nameTaken" }>;
  /** The listener holds the stream from now on; what another had in flight waits again. `null`: no such stream. */
  openStream(
    where: StreamHolder & { outcomes?: readonly OutcomeKind[] | null },
  ): Promise<{ readonly endpoint: Endpoint; readonly waiting: number } | null>;
  /**
   * Leases what comes first of a stream by the order of its events. A listener has one delivery at a time, so what is in
   * flight while it asks never reached it: `takeBack` lets that wait again before.
   */
  claimForListener(
    where: InTenant & { endpointId: string; session: string; leaseMs: number; takeBack: boolean },
  ): Promise<ListenerClaim>;
  /** Deletes the streams that no listener asked for so long; audited. Answers how many. */
  deleteIdleStreams(where: { idleMs: number }): Promise<number>;
}
