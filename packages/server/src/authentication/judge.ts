import type { Outcome } from "@sameface/contract";
import { CHECK_NAMES, type CheckName, type Comparison, type Inspection, type Template } from "@sameface/engine";
import type { Checks, Policy } from "../api/index.ts";
import { decidingProblem, isRefused, PROBLEM_FAILURES } from "../faces/problem-failures.ts";
import { matchThresholdOf } from "../policy/tenant-policy.ts";
import type { SeenBefore } from "../store/capture-sessions.ts";
import type { Customer } from "../store/records.ts";
import type { Vault } from "../vault/vault.ts";
import { VaultError } from "../vault/vault-error.ts";
import { bestMatch } from "./best-match.ts";
import { CHECK_FIELDS } from "./check-fields.ts";
import { type BestMatch, type CheckState, decide, type SeenCheck } from "./decide.ts";

/** An outcome, and what is told of it beyond the body. */
export interface Judgement {
  readonly outcome: Outcome;
  /** A stable word beyond the outcome; `null`: the outcome says it all. */
  readonly reason: string | null;
  readonly checks: Checks;
  readonly hints: readonly string[];
  /** What was noticed and decided nothing. */
  readonly flags: readonly string[];
}

/** What judging needs beside the picture's measurements. */
export interface JudgeContext {
  readonly policy: Policy;
  readonly customer: Customer;
  /** Keyed hash of the picture's bytes. */
  readonly imageDigest: string;
  /** What the tenant's earlier pictures say about this one. */
  readonly seenBefore: SeenBefore;
  /** What a capture found out about the person; `null`: the picture came with the call. */
  readonly capture: CaptureEvidence | null;
  readonly vault: Pick<Vault, "open" | "tenantSecret">;
  readonly compare: (a: Template, b: Template) => Comparison;
}

/** What a capture adds to its picture. */
export interface CaptureEvidence {
  /** Why the challenge was not passed; `null`: it was, or none was asked for. */
  readonly challengeFailed: string | null;
  /** False: the policy takes the challenge alone for proof of a live person. */
  readonly needsLiveness: boolean;
}

const NOTHING_CHECKED: Checks = { mask: "notEvaluated", lenses: "notEvaluated", headCover: "notEvaluated" };

/** The judgement on a claim that no picture is needed for: nobody of that name, or somebody blocked. */
export function judgeClaim(customer: Customer | null): Judgement | null {
  if (customer !== null && customer.block === null) return null;
  const outcome = decide({ customer: customer === null ? "unknown" : "blocked" }, NO_POLICY);
  return { outcome, reason: null, checks: NOTHING_CHECKED, hints: [], flags: [] };
}

/** The judgement where the engine gave no inspection at all. */
export function judgeFault(reason: string): Judgement {
  return { outcome: { kind: "error", failure: "unpredicted" }, reason, checks: NOTHING_CHECKED, hints: [], flags: [] };
}

/** The judgement while too many failures bar an attempt: the picture is not looked at. */
export function judgeLock(): Judgement {
  return {
    outcome: { kind: "error", failure: "tooManyAttempts" },
    reason: null,
    checks: NOTHING_CHECKED,
    hints: [],
    flags: [],
  };
}

/** The judgement on a picture of a known customer. */
export function judgePicture(inspection: Inspection, context: JudgeContext): Judgement {
  const seen = CHECK_NAMES.map((name) => seenCheck(name, inspection, context.policy));
  // What is declined is not matched either: of a face under a mask hardly anything is compared but the mask.
  const declined = seen.some((check) => check.mode === "block" && check.state === "present");
  const judged = inspection.problems.filter((one) => !isRefused(one));
  const problem = decidingProblem(judged, { covered: declined }) ?? null;
  const match = problem === null && !declined ? findMatch(inspection, context) : { best: null, fault: null };
  const enrolled = context.customer.templates.some((one) => one.imageDigest === context.imageDigest);
  const replayed = enrolled || context.seenBefore.sameBytes;
  const challengeFailed = context.capture?.challengeFailed ?? null;
  const { liveness } = inspection;
  const outcome = decide(
    {
      customer: "known",
      failure: problem === null || isRefused(problem) ? null : PROBLEM_FAILURES[problem],
      checks: seen,
      live: "value" in liveness ? liveness.value.live : null,
      replayed,
      challengeFailed: challengeFailed !== null,
      best: match.best,
    },
    {
      matchThreshold: matchThresholdOf(context.policy),
      liveThreshold: context.capture?.needsLiveness === false ? 0 : context.policy.liveness.threshold,
      secondFactor: context.policy.secondFactor,
    },
  );
  return {
    outcome,
    reason: reasonOf(outcome, { problem, fault: match.fault, replayed, challengeFailed }),
    checks: checksOf(inspection, context.policy),
    hints: inspection.quality?.hints ?? [],
    flags: context.seenBefore.alike ? ["looksLikeEarlierPicture"] : [],
  };
}

const NO_POLICY = { matchThreshold: 1, liveThreshold: 1, secondFactor: true };

function findMatch(
  inspection: Inspection,
  context: JudgeContext,
): { readonly best: BestMatch | null; readonly fault: string | null } {
  if (!("value" in inspection.template)) return { best: null, fault: "noTemplate" };
  try {
    const best = bestMatch(inspection.template.value, context);
    return { best, fault: best === null ? "needsEnrolment" : null };
  } catch (fault) {
    // Fail closed, and loudly: a template whose tag does not fit is neither a match nor a non-match (F36).
    return { best: null, fault: fault instanceof VaultError ? "templateUnreadable" : "matchFailed" };
  }
}

function seenCheck(name: CheckName, inspection: Inspection, policy: Policy): SeenCheck {
  // A mask always blocks: no policy lets a covered face match (engine.md §5).
  const mode = name === "mask" ? "block" : policy.checks[name];
  return { field: CHECK_FIELDS[name], mode, state: stateOf(inspection, name) };
}

function stateOf(inspection: Inspection, name: CheckName): CheckState {
  const measured = inspection.checks[name];
  if ("value" in measured) return measured.value.present ? "present" : "absent";
  // The engine has no model for it; anything else is a model that failed.
  return measured.unavailable === "notEvaluated" ? "notEvaluated" : "failed";
}

/** What a policy does not look at is not told either: it is sent as false, and must not read as seen and passed. */
function checksOf(inspection: Inspection, policy: Policy): Checks {
  const shown = (name: CheckName): boolean | "notEvaluated" => {
    const { mode, state } = seenCheck(name, inspection, policy);
    if (mode === "off") return "notEvaluated";
    return state === "present" || state === "absent" ? state === "present" : "notEvaluated";
  };
  return { mask: shown("mask"), lenses: shown("lenses"), headCover: shown("headCover") };
}

function reasonOf(
  outcome: Outcome,
  seen: {
    readonly problem: string | null;
    readonly fault: string | null;
    readonly replayed: boolean;
    readonly challengeFailed: string | null;
  },
): string | null {
  switch (outcome.kind) {
    case "error":
      return seen.problem ?? seen.fault;
    case "spoof":
      return seen.replayed ? "replayed" : seen.challengeFailed;
    case "declined":
      return outcome.other ? "headCover" : null;
    case "passed":
    case "not-recognized":
    case "unknown-customer":
    case "blocklisted":
      return null;
  }
}
