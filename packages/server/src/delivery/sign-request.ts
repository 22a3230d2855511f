import { HEADERS, type OutcomeKind } from "@sameface/contract";
import type { Endpoint } from "../store/records.ts";
import { createKeyRing, type KeyRing } from "./key-ring.ts";
import { openHeaders, type Sealer } from "./sealed-endpoint.ts";

/** What is signed, for whom. */
export interface ToSign {
  readonly endpoint: Endpoint;
  readonly eventId: string;
  /** `null`: it tells of no authentication. */
  readonly outcome: OutcomeKind | null;
  readonly body: Uint8Array;
  /** The place of its event in the feed; `null`: it is no event. */
  readonly sequence: number | null;
  /** 1 for the first attempt. */
  readonly attemptNumber: number;
}

/** What {@link signRequest} is told beside the delivery. */
export interface SignRequestOptions {
  readonly vault: Sealer;
  /** Milliseconds since 1970: the moment of this attempt. */
  readonly nowMs: number;
  /** Of sameface, for `user-agent`. */
  readonly version: string;
  /** Keys that are kept open from one request to the next; absent: opened for this one. */
  readonly keyRing?: KeyRing;
  /** What signs in at the endpoint; absent: nothing. */
  readonly authHeaders?: Readonly<Record<string, string>>;
}

/**
 * The headers of one attempt: id and body are those of every attempt, timestamp and signature are fresh, and the keys
 * are those of the claim (contract.md §6, F44). Own headers and those of the sign-in never take the place of ours.
 * @throws {VaultError} when a secret or the own headers do not open; nothing may be sent then
 */
export async function signRequest(
  { endpoint, eventId, outcome, body, sequence, attemptNumber }: ToSign,
  { vault, nowMs, version, keyRing = createKeyRing(vault), authHeaders = {} }: SignRequestOptions,
): Promise<Readonly<Record<string, string>>> {
  const timestampSeconds = Math.floor(nowMs / 1_000);
  return {
    "user-agent": `sameface/${version}`,
    ...openHeaders(endpoint, vault),
    ...authHeaders,
    "content-type": "application/json",
    // A reply is never decoded, so none should come encoded (reliability.md F12).
    "accept-encoding": "identity",
    [HEADERS.id]: eventId,
    [HEADERS.timestamp]: String(timestampSeconds),
    [HEADERS.signature]: await keyRing.sign(endpoint, { id: eventId, timestampSeconds, body }),
    // An operator event has none; its type is in the body, which is signed.
    ...(outcome === null ? {} : { [HEADERS.outcome]: outcome }),
    [HEADERS.attempt]: String(attemptNumber),
    ...(endpoint.ordered && sequence !== null ? { [HEADERS.sequence]: String(sequence) } : {}),
  };
}
