import type { Schemas } from "@sameface/contract/client";

/** Why something was not done, in the server's own words; `null`: it did not answer. */
export function failureWords(failure: Pick<Schemas["Problem"], "detail"> | null): string {
  return failure?.detail ?? "The server can't be reached.";
}
