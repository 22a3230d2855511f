import type { Schemas } from "@sameface/contract/client";
import type { Tone } from "../kit/tones.ts";

type Detail = Schemas["AuthenticationDetail"];

/** One thing that was looked for, and what was seen. */
export interface Finding {
  readonly name: string;
  readonly told: string;
  readonly tone: Tone;
}

/** Checks as people call them. */
export const CHECKS = { mask: "Face mask", lenses: "Lenses", headCover: "Head cover" } as const;

/**
 * What was looked for in the picture. Scores are those of the body alone: it holds a similarity only where there was a
 * match (reliability.md S6), and so does this.
 */
export function findingsOf({ checks, outcome, body }: Detail): readonly Finding[] {
  const seen = Object.entries(checks ?? {}).map(([name, state]): Finding => {
    const label = CHECKS[name as keyof typeof CHECKS];
    if (state === "notEvaluated") return { name: label, told: "Not evaluated", tone: "mute" };
    return state ? { name: label, told: "Seen", tone: "warn" } : { name: label, told: "Not seen", tone: "good" };
  });
  return [...seen, ...scoresOf(outcome, body)];
}

function scoresOf(outcome: Detail["outcome"], body: string | null): Finding[] {
  if (body === null) return [];
  const { spoofConfidence, recognitionConfidence } = JSON.parse(body) as {
    readonly spoofConfidence?: number;
    readonly recognitionConfidence?: { readonly confidence?: number };
  };
  const spoof: Finding[] =
    spoofConfidence === undefined
      ? []
      : [{ name: "Spoof confidence", told: scoreText(spoofConfidence), tone: outcome === "spoof" ? "bad" : "good" }];
  const match = outcome === "passed" ? recognitionConfidence?.confidence : undefined;
  return match === undefined ? spoof : [...spoof, { name: "Match", told: scoreText(match), tone: "good" }];
}

/** Three digits say all that a score means; the body has the others. */
function scoreText(score: number): string {
  return score.toFixed(3);
}
