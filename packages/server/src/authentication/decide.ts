import type { Outcome, OwnFailureName } from "@sameface/contract";
import type { WireField } from "./check-fields.ts";

/** What became of one capture check. `failed`: its model ran and gave nothing usable. */
export type CheckState = "present" | "absent" | "notEvaluated" | "failed";

/** One capture check, its key on the wire, and what the policy makes of it. */
export interface SeenCheck {
  readonly field: WireField | null;
  readonly mode: "block" | "flag" | "off";
  readonly state: CheckState;
}

/** The best of the customer's templates. */
export interface BestMatch {
  /** Cosine, −1…1. */
  readonly similarity: number;
  /** What is shown of it, 0…1; only with a pass. */
  readonly confidence: number;
  readonly interviewId: string;
}

/** All that a decision rests on. */
export type Measurements =
  | { readonly customer: "unknown" }
  | { readonly customer: "blocked" }
  | {
      readonly customer: "known";
      /** What made the picture unfit, as the failure of the table; `null`: it can be judged. */
      readonly failure: OwnFailureName | null;
      readonly checks: readonly SeenCheck[];
      /** Probability of a live person, 0…1; `null`: could not be measured. */
      readonly live: number | null;
      /** The picture is, byte for byte, an enrolled one, or one that was decided on before. */
      readonly replayed: boolean;
      /** The person did not do what was asked for before the camera. */
      readonly challengeFailed: boolean;
      /** `null`: nothing could be compared. */
      readonly best: BestMatch | null;
    };

/** The numbers of a tenant's policy. */
export interface DecisionPolicy {
  /** Cosine from which two faces are one person. */
  readonly matchThreshold: number;
  /** Probability from which a picture is live. */
  readonly liveThreshold: number;
  readonly secondFactor: boolean;
}

/**
 * The outcome of one authentication: pure and total, in the order that the page's samples imply. What could not be
 * measured is never a pass.
 * @see contract.md §3
 */
export function decide(measurements: Measurements, policy: DecisionPolicy): Outcome {
  if (measurements.customer === "unknown") return { kind: "unknown-customer" };
  if (measurements.customer === "blocked") return { kind: "blocklisted" };
  const { failure, checks, live, replayed, challengeFailed, best } = measurements;
  if (failure !== null) return { kind: "error", failure };
  // `off` is not looked at; whatever else was to be measured and could not be is no basis for any verdict.
  const looked = checks.filter((check) => check.mode !== "off");
  if (looked.some((check) => check.state === "failed")) return UNPREDICTED;
  const present = looked.filter((check) => check.state === "present");
  const lenses = present.some((check) => check.field === "hasLenses");
  if (present.some((check) => check.mode === "block")) {
    return {
      kind: "declined",
      mask: present.some((check) => check.field === "hasFaceMask"),
      lenses,
      other: present.some((check) => check.field === null && check.mode === "block"),
    };
  }
  // Written so that NaN is refused too: it is neither below nor above anything.
  if (live === null || !(live >= 0 && live <= 1)) return UNPREDICTED;
  if (replayed || challengeFailed) return { kind: "spoof", spoofConfidence: 1 };
  const spoofConfidence = 1 - live;
  if (!(live >= policy.liveThreshold)) return { kind: "spoof", spoofConfidence };
  if (best === null || !isScore(best)) return UNPREDICTED;
  if (!(best.similarity >= policy.matchThreshold)) return { kind: "not-recognized", spoofConfidence };
  const { interviewId, confidence } = best;
  return { kind: "passed", interviewId, confidence, spoofConfidence, lenses, secondFactor: policy.secondFactor };
}

const UNPREDICTED: Outcome = { kind: "error", failure: "unpredicted" };

function isScore({ similarity, confidence }: BestMatch): boolean {
  // A cosine of two 32-bit unit vectors may leave −1…1 by rounding.
  return Math.abs(similarity) <= 1.000_001 && confidence >= 0 && confidence <= 1;
}
