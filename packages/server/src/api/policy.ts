import { OUTCOME_KINDS } from "@sameface/contract";
import { type Static, Type } from "typebox";
import { closed, nullable, OutcomeName, oneOf, Timestamp } from "./common.ts";

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

const retention = {
  pictureDays: Type.Integer({
    minimum: 0,
    maximum: 1_095,
    description:
      "Days for which the picture of every judged attempt of an enrolled customer is kept, sealed; at most as long as the attempt itself. 0: pictures are never stored. Fewer days hold for those that are there as well.",
  }),
};

const Origin = Type.String({
  pattern: "^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$",
  maxLength: 300,
  description: "Scheme, host and port, for example https://app.example.",
});

const capture = {
  liveness: oneOf(
    ["passive", "challenge", "both"],
    "How the capture page tells a live person: by the picture alone, by moves that are asked for, or by both.",
  ),
  fileUpload: Type.Boolean({
    description: "Whether the page takes a file where the camera can't be used; never where a challenge is asked for.",
  }),
  returnUrls: Type.Array(
    Type.String({
      pattern: "^https?://[^\\s/?#]+(/[^\\s?#]*)?$",
      maxLength: 2000,
      description: "An http:// or https:// URL without query and fragment.",
    }),
    {
      maxItems: 20,
      description: "Where a returnUrl may lead: the same origin, and a path that begins with the one given.",
    },
  ),
  frameAncestors: Type.Array(Origin, { maxItems: 20, description: "Origins that may show the page in a frame." }),
};

const ReplayedPictures = oneOf(
  ["captures", "all"],
  "Where a picture that was decided on before, byte for byte, is refused: of captures alone, or of every call too.",
);

/** What a tenant decides; a mask always blocks, and liveness has no switch (I5). */
export const Policy = closed({
  thresholds: closed({ match: MatchThreshold }),
  checks: closed({ lenses: CheckMode, headCover: CheckMode }),
  liveness: closed({ threshold: LiveThreshold }),
  secondFactor: Type.Boolean({
    description: "PASS demands a step-up: the receiver must not treat it as a full login.",
  }),
  lockout: closed(lockout),
  capture: closed(capture),
  replayedPictures: ReplayedPictures,
  retention: closed(retention),
});
export type Policy = Static<typeof Policy>;

const rate = (description: string) => nullable(Type.Number({ minimum: 0, maximum: 1, description }));

/** What a match threshold means by the stored evaluation, of the set of pictures that does worst. @see docs/accuracy.md */
export const StatedRates = closed(
  {
    threshold: Type.Number({ description: "The match threshold in force." }),
    falseMatchRate: rate("Share of pairs of two people that match, of the set that does worst."),
    falseMatchRateUpTo: rate("Upper end of its 95 % interval."),
    falseNonMatchRate: rate("Share of pairs of one person that do not match, of the set that does worst."),
  },
  {
    description:
      "By the evaluation of the engine that ships, on small research sets. null: not evaluated at this threshold, or another embedder was put in. Measure your own pairs with `sameface calibrate`.",
  },
);
export type StatedRates = Static<typeof StatedRates>;

/** What GET answers: the policy, and what its match threshold means. */
export const PolicyInForce = closed({ ...Policy.properties, stated: StatedRates });

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
  capture: Type.Optional(
    closed({
      liveness: Type.Optional(capture.liveness),
      fileUpload: Type.Optional(capture.fileUpload),
      returnUrls: Type.Optional(capture.returnUrls),
      frameAncestors: Type.Optional(capture.frameAncestors),
    }),
  ),
  replayedPictures: Type.Optional(ReplayedPictures),
  retention: Type.Optional(closed({ pictureDays: Type.Optional(retention.pictureDays) })),
  // So that what GET answered can be sent back with a change in it.
  stated: Type.Optional(Type.Unknown({ description: "As GET answers it; not looked at." })),
});
export type PolicyBody = Static<typeof PolicyBody>;

/** What a preview is asked: the change as PUT takes it, and how far back to look. */
export const PolicyPreviewBody = closed({
  ...PolicyBody.properties,
  last: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 5_000, description: "How many decisions to look at; 1000 by default." }),
  ),
});

const Previewed = oneOf(
  [...OUTCOME_KINDS, "undetermined"],
  "`undetermined`: it rests on what was not measured or not kept.",
);

export const PolicyPreview = closed({
  looked: Type.Integer({ minimum: 0, description: "Decisions looked at, the newest; fewer where there are fewer." }),
  since: nullable(Timestamp),
  unchanged: Type.Integer({ minimum: 0 }),
  changes: Type.Array(closed({ from: OutcomeName, to: Previewed, count: Type.Integer({ minimum: 1 }) }), {
    description:
      "Most first. No score of a face that was not recognized is kept: a laxer match threshold leaves it undetermined. What decided them is taken to be the present policy.",
  }),
  policy: Policy,
});
export type PolicyPreview = Static<typeof PolicyPreview>;

/** engine.md §6 (balanced), §7 (0.3), §11 (head cover is told and does not refuse: docs/heads.md); reliability.md T7. */
export const DEFAULT_POLICY: Policy = {
  thresholds: { match: "balanced" },
  checks: { lenses: "block", headCover: "flag" },
  liveness: { threshold: 0.3 },
  secondFactor: false,
  lockout: { waitAfterFailures: 5, waitSeconds: 30, stopAfterFailures: 50 },
  // Nobody may frame the page or be sent back to until the tenant says so.
  capture: { liveness: "passive", fileUpload: true, returnUrls: [], frameAncestors: [] },
  replayedPictures: "captures",
  retention: { pictureDays: 0 },
};
