import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type BestMatch, type DecisionPolicy, decide, type Measurements, type SeenCheck } from "./decide.ts";

const POLICY: DecisionPolicy = { matchThreshold: 0.55, liveThreshold: 0.3, secondFactor: false };
const BEST: BestMatch = { similarity: 0.7, confidence: 0.95, interviewId: "60000a22b09a35d2ef5aaa99" };

type Known = Extract<Measurements, { customer: "known" }>;

const mask = (state: SeenCheck["state"]): SeenCheck => ({ field: "hasFaceMask", mode: "block", state });
const lenses = (state: SeenCheck["state"], mode: SeenCheck["mode"] = "block"): SeenCheck => ({
  field: "hasLenses",
  mode,
  state,
});
const headCover = (state: SeenCheck["state"], mode: SeenCheck["mode"] = "block"): SeenCheck => ({
  field: null,
  mode,
  state,
});

function known(change: Partial<Known> = {}): Known {
  const checks = [mask("absent"), lenses("absent"), headCover("notEvaluated")];
  return {
    customer: "known",
    failure: null,
    checks,
    live: 0.9,
    replayed: false,
    challengeFailed: false,
    best: BEST,
    ...change,
  };
}

const passed = {
  kind: "passed",
  interviewId: BEST.interviewId,
  confidence: 0.95,
  spoofConfidence: 1 - 0.9,
  lenses: false,
  secondFactor: false,
};
const unpredicted = { kind: "error", failure: "unpredicted" };

describe("decide", () => {
  const table: readonly [title: string, measurements: Measurements, outcome: object][] = [
    ["4004 when there is no such customer", { customer: "unknown" }, { kind: "unknown-customer" }],
    ["4003 when the customer is blocked", { customer: "blocked" }, { kind: "blocklisted" }],
    ["a pass for a live, bare face that matches", known(), passed],
    [
      "the failure of a picture that can't be judged, whatever else was measured",
      known({ failure: "faceNotFound", checks: [mask("present")] }),
      { kind: "error", failure: "faceNotFound" },
    ],
    [
      "declined for a mask before it looks at liveness",
      known({ checks: [mask("present")], live: 0 }),
      { kind: "declined", mask: true, lenses: false, other: false },
    ],
    [
      "both flags for mask and lenses together, also where lenses alone would pass",
      known({ checks: [mask("present"), lenses("present", "flag")] }),
      { kind: "declined", mask: true, lenses: true, other: false },
    ],
    [
      "declined for lenses that the policy blocks",
      known({ checks: [mask("absent"), lenses("present")] }),
      { kind: "declined", mask: false, lenses: true, other: false },
    ],
    [
      "both flags false for a head cover alone",
      known({ checks: [mask("absent"), headCover("present")] }),
      { kind: "declined", mask: false, lenses: false, other: true },
    ],
    [
      "a pass that tells the lenses when the policy lets them pass",
      known({ checks: [lenses("present", "flag")] }),
      { ...passed, lenses: true },
    ],
    ["a pass without lenses when the policy does not look", known({ checks: [lenses("present", "off")] }), passed],
    [
      "no other cover told for one that is only flagged",
      known({ checks: [mask("present"), headCover("present", "flag")] }),
      { kind: "declined", mask: true, lenses: false, other: false },
    ],
    [
      "a pass when a check has no model yet",
      known({ checks: [mask("notEvaluated"), lenses("notEvaluated"), headCover("notEvaluated")] }),
      passed,
    ],
    ["9500 when a check that the policy wants failed", known({ checks: [mask("failed")] }), unpredicted],
    [
      "9500 when a check failed although another would decline",
      known({ checks: [mask("present"), lenses("failed")] }),
      unpredicted,
    ],
    [
      "a pass when a check failed that the policy does not look at",
      known({ checks: [headCover("failed", "off")] }),
      passed,
    ],
    ["9500 without a liveness measurement", known({ live: null }), unpredicted],
    ["9500 for a liveness that is no probability", known({ live: Number.NaN }), unpredicted],
    ["9500 for a liveness above 1", known({ live: 1.5 }), unpredicted],
    ["9500 for a liveness below 0", known({ live: -0.1 }), unpredicted],
    [
      "4005 with certainty for an enrolled picture shown again",
      known({ replayed: true }),
      { kind: "spoof", spoofConfidence: 1 },
    ],
    [
      "4005 with certainty for a challenge that was not passed, however live the picture looks",
      known({ challengeFailed: true, live: 1 }),
      { kind: "spoof", spoofConfidence: 1 },
    ],
    [
      "4005 below the liveness threshold, even for the right face",
      known({ live: 0.25 }),
      { kind: "spoof", spoofConfidence: 0.75 },
    ],
    ["a pass at the liveness threshold itself", known({ live: 0.3 }), { ...passed, spoofConfidence: 0.7 }],
    [
      "a pass with spoofConfidence 0, which is a score and not an absence",
      known({ live: 1 }),
      { ...passed, spoofConfidence: 0 },
    ],
    ["9500 when nothing could be compared", known({ best: null }), unpredicted],
    ["9500 for a similarity that is no number", known({ best: { ...BEST, similarity: Number.NaN } }), unpredicted],
    [
      "9500 for an infinite similarity",
      known({ best: { ...BEST, similarity: Number.POSITIVE_INFINITY } }),
      unpredicted,
    ],
    ["9500 for a confidence above 1", known({ best: { ...BEST, confidence: 1.01 } }), unpredicted],
    ["9500 for a confidence below 0", known({ best: { ...BEST, confidence: -0.01 } }), unpredicted],
    [
      "4015 below the match threshold, without any similarity",
      known({ best: { ...BEST, similarity: 0.5499 } }),
      { kind: "not-recognized", spoofConfidence: 1 - 0.9 },
    ],
    ["a pass at the match threshold itself", known({ best: { ...BEST, similarity: 0.55 } }), passed],
  ];
  for (const [title, measurements, outcome] of table) {
    it(`answers ${title}`, () => {
      assert.deepEqual(decide(measurements, POLICY), outcome);
    });
  }

  it("demands the second factor where the policy does", () => {
    assert.deepEqual(decide(known(), { ...POLICY, secondFactor: true }), { ...passed, secondFactor: true });
  });

  // Half of the draws are ordinary, so that passes are among them; the rest are the edges of a float.
  const ordinary = { weight: 3, arbitrary: fc.double({ min: 0.5, max: 1, noNaN: true }) };
  const edges = [0, -0, 1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MIN_VALUE];
  const anyNumber = fc.oneof(ordinary, fc.double(), fc.double({ min: -1, max: 1 }), fc.constantFrom(...edges));
  const check: fc.Arbitrary<SeenCheck> = fc.record({
    field: fc.constantFrom("hasFaceMask" as const, "hasLenses" as const, null),
    mode: fc.constantFrom("block" as const, "flag" as const, "off" as const),
    state: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom("absent" as const, "notEvaluated" as const) },
      fc.constantFrom("present" as const, "failed" as const),
    ),
  });
  const failures = ["faceNotFound", "moreThanOneFace", "imageNotUsable", "faceUnclear", "unpredicted"] as const;
  const sometimes = fc.integer({ min: 0, max: 9 }).map((n) => n === 0);
  const knowns: fc.Arbitrary<Known> = fc.record({
    customer: fc.constant("known" as const),
    failure: fc.tuple(sometimes, fc.constantFrom(...failures)).map(([fails, failure]) => (fails ? failure : null)),
    checks: fc.array(check, { maxLength: 3 }),
    live: fc.tuple(sometimes, anyNumber).map(([missing, live]) => (missing ? null : live)),
    replayed: sometimes,
    challengeFailed: sometimes,
    best: fc
      .tuple(sometimes, anyNumber, anyNumber)
      .map(([missing, similarity, confidence]) => (missing ? null : { similarity, confidence, interviewId: "a" })),
  });
  const anyMeasurements = fc.oneof(
    { weight: 8, arbitrary: knowns },
    fc.constantFrom<Measurements>({ customer: "unknown" }, { customer: "blocked" }),
  );
  const policies = fc.record({
    matchThreshold: fc.double({ min: 0.4, max: 0.95, noNaN: true }),
    liveThreshold: fc.double({ min: 0.01, max: 1, noNaN: true }),
    secondFactor: fc.boolean(),
  });

  it("passes only a known customer's live, bare, matching face, over every edge of a float", () => {
    let passes = 0;
    fc.assert(
      fc.property(anyMeasurements, policies, (m, policy) => {
        const outcome = decide(m, policy);
        if (outcome.kind !== "passed") return;
        passes += 1;
        assert.ok(m.customer === "known" && m.failure === null && !m.replayed && !m.challengeFailed);
        assert.ok(m.live !== null && m.live >= policy.liveThreshold && m.live <= 1);
        assert.ok(m.best !== null && m.best.similarity >= policy.matchThreshold && m.best.similarity < 1.1);
        for (const { mode, state } of m.checks) assert.ok(mode === "off" || state !== "failed");
        for (const { mode, state } of m.checks) assert.ok(mode !== "block" || state !== "present");
        assert.equal(outcome.confidence, m.best.confidence);
        assert.ok(outcome.spoofConfidence !== null && outcome.spoofConfidence >= 0 && outcome.spoofConfidence <= 1);
      }),
      { numRuns: 20_000 },
    );
    assert.ok(passes > 200, `only ${passes} of the drawn cases passed: the property proves nothing`);
  });

  it("lets no similarity out of any outcome but a pass", () => {
    fc.assert(
      fc.property(anyMeasurements, policies, (m, policy) => {
        const outcome = decide(m, policy);
        if (outcome.kind === "passed" || m.customer !== "known" || m.best === null) return;
        const keys = Object.keys(outcome).filter(
          (key) => !["kind", "failure", "mask", "lenses", "other", "spoofConfidence"].includes(key),
        );
        assert.deepEqual(keys, []);
        // The outcome does not move with the score, but for the one side of the threshold it is on.
        const lower = {
          ...m,
          best: { ...m.best, similarity: Math.min(m.best.similarity, policy.matchThreshold - 0.1) },
        };
        if (Math.abs(m.best.similarity) <= 1 && m.best.similarity < policy.matchThreshold) {
          assert.deepEqual(decide(lower, policy), outcome);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
