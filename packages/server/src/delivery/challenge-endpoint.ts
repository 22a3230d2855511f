import { newId, parseStrictJson, TEST_ID_PREFIX } from "@sameface/contract";
import type { Random } from "../random.ts";
import type { Endpoint } from "../store/records.ts";
import type { Attempt } from "./attempt.ts";
import { failureReason, type SendResult } from "./send-result.ts";

/** Whether the endpoint echoed; `reason` is one stable word, as in the attempt log, or `noEcho`. */
export type Echo =
  | { readonly kind: "echoed" }
  | { readonly kind: "notEchoed"; readonly reason: string; readonly httpStatus: number | null };

const CHALLENGE_BYTES = 32;

/**
 * Asks the receiver whether it wants what is sent there (reliability.md S23): a signed request with a random text, which
 * it has to answer as `{"challenge": …}` with any 2xx. Its id begins with `test_`: it tells of no authentication.
 */
export async function challengeEndpoint(
  endpoint: Endpoint,
  { attempt, random }: { readonly attempt: Attempt; readonly random: Random },
): Promise<Echo> {
  const challenge = Buffer.from(random.bytes(CHALLENGE_BYTES)).toString("base64url");
  const result = await attempt({
    endpoint,
    eventId: TEST_ID_PREFIX + newId(random),
    outcome: null,
    body: new TextEncoder().encode(JSON.stringify({ type: "endpoint.verify", challenge })),
    sequence: null,
    attemptNumber: 1,
    acknowledges: (status) => status >= 200 && status <= 299,
    signal: new AbortController().signal,
  });
  if (echoes(result, challenge)) return { kind: "echoed" };
  const httpStatus = result.kind === "replied" ? result.status : null;
  return { kind: "notEchoed", reason: failureReason(result) ?? "noEcho", httpStatus };
}

function echoes(result: SendResult, challenge: string): boolean {
  if (result.kind === "failed" || !result.acknowledged) return false;
  const parsed = parseStrictJson(result.replyBody);
  if (!parsed.ok || typeof parsed.value !== "object" || parsed.value === null) return false;
  return "challenge" in parsed.value && parsed.value.challenge === challenge;
}
