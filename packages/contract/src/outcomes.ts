import type { OwnFailureName } from "./failures.ts";

/**
 * The outcome names: one list for header, API filter, CLI, receiver and dashboard.
 * The receiver alone adds `inconsistent`.
 * @see contract.md §5
 */
export const OUTCOME_KINDS = [
  "passed",
  "declined",
  "unknown-customer",
  "blocklisted",
  "spoof",
  "not-recognized",
  "error",
] as const;

/** One of {@link OUTCOME_KINDS}. */
export type OutcomeKind = (typeof OUTCOME_KINDS)[number];

/** The claimed customer's face, live and uncovered. */
export interface Passed {
  readonly kind: "passed";
  /** Id of the enrolment whose template matched. */
  readonly interviewId: string;
  /** 0…1, higher = more surely the same face. */
  readonly confidence: number;
  /** 0…1, higher = more likely a spoof; `null`: liveness was not evaluated, the key stays out of the body. */
  readonly spoofConfidence: number | null;
  /** Lenses are worn and the policy lets them pass. */
  readonly lenses: boolean;
  /** The tenant's policy demands a step-up: this pass alone is not a full login. */
  readonly secondFactor: boolean;
}

/** A capture that does not show a bare face: not an error, and no error key is sent. */
export interface Declined {
  readonly kind: "declined";
  readonly mask: boolean;
  readonly lenses: boolean;
  /** Declined for a cover that has no key on the wire: a hat, and what later checks bring. */
  readonly other: boolean;
}

/** 4004: no such customer. */
export interface UnknownCustomer {
  readonly kind: "unknown-customer";
}

/** 4003: the customer is blocked. */
export interface Blocklisted {
  readonly kind: "blocklisted";
}

/** 4005: not a live face. */
export interface Spoof {
  readonly kind: "spoof";
  /** 0…1, higher = more likely a spoof. */
  readonly spoofConfidence: number;
}

/** 4015: another face. Carries no similarity: scores of a non-match stay inside. */
export interface NotRecognized {
  readonly kind: "not-recognized";
  /** As in {@link Passed}. */
  readonly spoofConfidence: number | null;
}

/** 9xxx: nothing could be decided. */
export interface Errored {
  readonly kind: "error";
  readonly failure: OwnFailureName;
}

/** What the server decides about one authentication. */
export type Outcome = Passed | Declined | UnknownCustomer | Blocklisted | Spoof | NotRecognized | Errored;
