import type { FailureName, Outcome } from "@sameface/contract";
import type { CounterChange } from "../store/store.ts";

/** Outcomes that look like guessing a face: they count against the customer and the source (T7). */
const GUESSES: ReadonlySet<FailureName> = new Set([
  "spoofDetected",
  "notRecognized",
  "faceNotFound",
  "moreThanOneFace",
  "faceUnclear",
]);

/** Outcomes that look like guessing an id: they count against the source alone. */
const PROBES: ReadonlySet<FailureName> = new Set(["unknownCustomer", "blocklisted", "tooManyAttempts"]);

/**
 * What an outcome does to the counters of failures.
 * @param subjects keyed hashes; `source` is `null` where the caller named none
 * @see reliability.md T7
 */
export function countAttempt(
  outcome: Outcome,
  subjects: { readonly customer: string; readonly source: string | null },
): readonly CounterChange[] {
  const { customer, source } = subjects;
  const ofSource = (change: CounterChange["change"]): CounterChange[] =>
    source === null ? [] : [{ scope: "source", subject: source, change }];
  if (outcome.kind === "passed")
    return [{ scope: "customer", subject: customer, change: "reset" }, ...ofSource("reset")];
  const failure = failureOf(outcome);
  if (failure === null) return [];
  if (GUESSES.has(failure))
    return [{ scope: "customer", subject: customer, change: "failure" }, ...ofSource("failure")];
  return PROBES.has(failure) ? ofSource("failure") : [];
}

/** The row of the failure table that an outcome is told with; `null`: it has none. */
export function failureOf(outcome: Outcome): FailureName | null {
  switch (outcome.kind) {
    case "passed":
    case "declined":
      return null;
    case "unknown-customer":
      return "unknownCustomer";
    case "blocklisted":
      return "blocklisted";
    case "spoof":
      return "spoofDetected";
    case "not-recognized":
      return "notRecognized";
    case "error":
      return outcome.failure;
  }
}
