import type { OutcomeKind } from "@sameface/contract";
import type { Checks, Policy } from "../api/index.ts";
import { matchThresholdOf } from "../policy/tenant-policy.ts";
import { similarityOf } from "./recognition-confidence.ts";

/** What is kept of a decision: no score but that of a pass (S6). */
export interface KeptDecision {
  readonly outcome: OutcomeKind;
  readonly reason: string | null;
  /** `null`: a row from before checks were kept. */
  readonly checks: Checks | null;
  /** 0…1; `null`: not judged, or erased. */
  readonly spoofConfidence: number | null;
  /** 0…1; `null`: no pass, or erased. */
  readonly confidence: number | null;
}

/** `undetermined`: it rests on what was not measured, or was not kept. */
export type Previewed = OutcomeKind | "undetermined";

/**
 * What a decision would have been under another policy, as far as what is kept of it can say. Of a face that was not
 * recognized no score is kept: a laxer threshold leaves it undetermined, a stricter one changes nothing, where
 * `policies.present` is the one that decided it.
 */
export function previewDecision(
  kept: KeptDecision,
  policies: { readonly present: Policy; readonly wanted: Policy },
): Previewed {
  const { outcome } = kept;
  if (outcome === "unknown-customer" || outcome === "blocklisted" || outcome === "error") return outcome;
  const covered = previewChecks(kept, policies);
  if (covered !== "bare") return covered;
  // Declined before, and now nothing covers it: it was never judged further.
  if (outcome === "declined" || kept.spoofConfidence === null) return "undetermined";
  if (kept.reason === "replayed" || 1 - kept.spoofConfidence < policies.wanted.liveness.threshold) return "spoof";
  // Live now: whether it matches was not looked at then.
  if (outcome === "spoof") return "undetermined";
  const threshold = matchThresholdOf(policies.wanted);
  if (outcome === "not-recognized")
    return threshold >= matchThresholdOf(policies.present) ? "not-recognized" : "undetermined";
  if (kept.confidence === null) return "undetermined";
  return kept.confidence === 1 || similarityOf(kept.confidence) >= threshold ? "passed" : "not-recognized";
}

function previewChecks(
  { outcome, checks, reason }: KeptDecision,
  { present, wanted }: { readonly present: Policy; readonly wanted: Policy },
): "declined" | "bare" | "undetermined" {
  if (checks === null) return outcome === "declined" ? "undetermined" : "bare";
  if (checks.mask === true) return "declined";
  const modes = ["lenses", "headCover"] as const;
  if (modes.some((name) => checks[name] === true && wanted.checks[name] === "block")) return "declined";
  // Declined for something that the checks do not name any more.
  if (outcome === "declined" && reason === null && checks.lenses !== true) return "undetermined";
  // Not looked at then, because the policy had it off, and it would block now.
  const unseen = modes.some(
    (name) => checks[name] === "notEvaluated" && present.checks[name] === "off" && wanted.checks[name] === "block",
  );
  return unseen ? "undetermined" : "bare";
}
