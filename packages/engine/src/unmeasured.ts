import type { Problem } from "./inspection.ts";
import type { Measured } from "./measure.ts";

/** What an Inspection holds of a picture that never came to be measured: nothing, and the reason everywhere. */
export function unmeasured(problem: Problem, timings: Readonly<Record<string, number>> = {}): Measured {
  const nothing = { unavailable: problem };
  return {
    faceCount: null,
    primary: null,
    pose: nothing,
    quality: null,
    template: nothing,
    liveness: nothing,
    eyes: nothing,
    checks: { mask: nothing, lenses: nothing, headCover: nothing },
    problems: [problem],
    timings,
  };
}
