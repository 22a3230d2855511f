import { FAILURES, type OwnFailureName } from "@sameface/contract";
import type { EnrolResult } from "../customers/enrol.ts";
import type { RefusedProblem } from "../faces/problem-failures.ts";
import type { ProblemCode } from "./problems.ts";
import { type ProblemAnswer, problem } from "./route.ts";

/** Failure of the table → problem code: its number as a text. */
export const FAILURE_PROBLEMS = {
  faceNotFound: "9001",
  moreThanOneFace: "9002",
  imageNotUsable: "9003",
  faceUnclear: "9004",
  tooManyAttempts: "9005",
  unpredicted: "9500",
} as const satisfies Record<OwnFailureName, ProblemCode>;

/** What is answered when the engine did not look at a picture: nothing was decided, nothing stored. */
export const UNLOOKED_PROBLEMS: Readonly<Record<RefusedProblem, () => ProblemAnswer>> = {
  empty: () => problem("emptyImage", "The image holds no byte."),
  too_large: () => problem("imageTooLarge", "The image may have 8,000,000 bytes."),
  overloaded: () =>
    problem("overloaded", "Every engine process is busy; repeat the request.", { retryAfterSeconds: 1 }),
};

const WORN = {
  spoof: "The picture does not look like a live face before a camera.",
  mask: "Take the mask off.",
  lenses: "Take the glasses off.",
  headCover: "Take the head cover off.",
} as const;

/** Why a face was not enrolled; `null`: it was. */
export function enrolmentProblem(result: EnrolResult): ProblemAnswer | null {
  switch (result.kind) {
    case "created":
    case "replaced":
    case "added":
    case "unchanged":
      return null;
    case "unlooked":
      return UNLOOKED_PROBLEMS[result.unlooked]();
    case "consentRequired":
      return problem("consentRequired", "Send consent.reference: where the customer's consent stands.");
    case "captureEnded":
      return problem("captureEnded", "Ask for a new link.");
    case "unknownCustomer":
      return problem("unknownCustomer", "Enrol the customer first.");
    case "tooManyTemplates":
      return problem("tooManyTemplates", "Enrol the customer anew: that replaces all templates.");
    case "refused":
      return refusedProblem(result);
  }
}

function refusedProblem({ refusal, reason, hints }: Extract<EnrolResult, { kind: "refused" }>): ProblemAnswer {
  const more = { hints: [...hints], ...(reason === null ? {} : { reason }) };
  if (refusal in WORN) {
    const worn = refusal as keyof typeof WORN;
    return problem(worn, WORN[worn], more);
  }
  const failure = refusal as OwnFailureName;
  const { code, message } = FAILURES[failure];
  return problem(FAILURE_PROBLEMS[failure], message, { ...more, errorCode: code });
}
