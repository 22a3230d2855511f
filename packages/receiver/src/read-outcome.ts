import { classify, type JsonRefusal, parseStrictJson, type ReceivedOutcome } from "@sameface/contract";
import { MAX_BODY_BYTES } from "./collect-body.ts";

/** Why authentic bytes are no notification. */
export type Unreadable = JsonRefusal | "malformed";

/** The outcome that a body tells, or why it tells none. @internal */
export function readOutcome(body: Uint8Array): ReceivedOutcome | Unreadable {
  const json = parseStrictJson(body, { maxBytes: MAX_BODY_BYTES });
  if (!json.ok) return json.reason;
  const outcome = classify(json.value);
  return outcome.kind === "malformed" ? "malformed" : outcome;
}
