import { EngineError } from "@sameface/engine";
import { StoreError } from "../store/store-error.ts";
import { type ProblemAnswer, problem } from "./route.ts";

const RETRY_AFTER_SECONDS = 2;

/** What a caller learns of a fault: never its text (S36). */
export function faultProblem(fault: unknown): ProblemAnswer {
  if (fault instanceof StoreError) return storeProblem(fault);
  if (fault instanceof EngineError && fault.code === "closed") {
    return problem("notReady", "The server is stopping.", { retryAfterSeconds: RETRY_AFTER_SECONDS });
  }
  switch (codeOf(fault)) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return problem("bodyTooLarge", "The body is larger than this call takes.");
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return problem("unsupportedMediaType", "The call does not take this content type; see the OpenAPI document.");
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return problem("malformedRequest", "The body does not have the length that Content-Length tells.");
    case "FST_ERR_BAD_URL":
    case "FST_ERR_ASYNC_CONSTRAINT":
      return problem("malformedRequest", "The path can't be read.");
    case "ECONNRESET":
      return problem("malformedRequest", "The body ended early.");
    default:
      return problem("internal", "The server failed; its log has the request id.");
  }
}

function storeProblem({ code, message }: StoreError): ProblemAnswer {
  // Its text is a number and a word of ours.
  if (code === "quotaReached") return problem("quotaReached", `Nothing was stored: ${message}.`);
  if (code === "invalidCursor") return problem("invalidCursor", "Pass `next` of the page before, unchanged.");
  return problem("storeUnavailable", "Nothing was decided or stored; repeat the request.", {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}

function codeOf(fault: unknown): string | null {
  return fault instanceof Error && "code" in fault && typeof fault.code === "string" ? fault.code : null;
}
