import { type Static, Type } from "typebox";
import { closed, oneOf } from "./common.ts";

/** Named match thresholds: cosine similarity of two templates. @see engine.md §6 */
export const MATCH_THRESHOLDS = { convenient: 0.48, balanced: 0.55, strict: 0.6 } as const;

const MatchThreshold = Type.Union(
  [
    oneOf(["convenient", "balanced", "strict"] satisfies (keyof typeof MATCH_THRESHOLDS)[], "0.48, 0.55, 0.60"),
    // Below 0.4 two strangers in ten thousand already match on the easiest set measured (engine.md §6).
    Type.Number({ minimum: 0.4, maximum: 0.95 }),
  ],
  { description: "Cosine similarity from which two faces are the same person." },
);

const CheckMode = oneOf(["block", "flag", "off"], "block: refused; flag: passes and is told; off: not looked at.");

const LiveThreshold = Type.Number({
  minimum: 0.01,
  maximum: 1,
  description: "Probability of a live person from which a picture is live.",
});

/** T7 is the least: a tenant may be stricter, never laxer. */
const lockout = {
  waitAfterFailures: Type.Integer({
    minimum: 1,
    maximum: 5,
    description: "From so many consecutive failures on, each further attempt waits.",
  }),
  waitSeconds: Type.Integer({ minimum: 30, maximum: 86_400, description: "How long." }),
  stopAfterFailures: Type.Integer({
    minimum: 6,
    maximum: 50,
    description: "From so many on, nothing is judged until an operator unlocks.",
  }),
};

/** What a tenant decides; a mask always blocks, and liveness has no switch (I5). */
export const Policy = closed({
  thresholds: closed({ match: MatchThreshold }),
  checks: closed({ lenses: CheckMode, headCover: CheckMode }),
  liveness: closed({ threshold: LiveThreshold }),
  secondFactor: Type.Boolean({
    description: "PASS demands a step-up: the receiver must not treat it as a full login.",
  }),
  lockout: closed(lockout),
});
export type Policy = Static<typeof Policy>;

/** What PUT takes: what is left out stays as it is. */
export const PolicyBody = closed({
  thresholds: Type.Optional(closed({ match: Type.Optional(MatchThreshold) })),
  checks: Type.Optional(closed({ lenses: Type.Optional(CheckMode), headCover: Type.Optional(CheckMode) })),
  liveness: Type.Optional(closed({ threshold: Type.Optional(LiveThreshold) })),
  secondFactor: Type.Optional(Type.Boolean()),
  lockout: Type.Optional(
    closed({
      waitAfterFailures: Type.Optional(lockout.waitAfterFailures),
      waitSeconds: Type.Optional(lockout.waitSeconds),
      stopAfterFailures: Type.Optional(lockout.stopAfterFailures),
    }),
  ),
});
export type PolicyBody = Static<typeof PolicyBody>;

/** engine.md §6 (balanced), §7 (0.3), §11 (head cover is told and does not refuse: docs/heads.md); reliability.md T7. */
export const DEFAULT_POLICY: Policy = {
  thresholds: { match: "balanced" },
  checks: { lenses: "block", headCover: "flag" },
  liveness: { threshold: 0.3 },
  secondFactor: false,
  lockout: { waitAfterFailures: 5, waitSeconds: 30, stopAfterFailures: 50 },
};
