import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { classify } from "./classify.ts";
import { GOLDEN_NAMES, golden } from "./golden.fixture.ts";
import type { Malformed, ReceivedOutcome } from "./received-outcome.ts";

/** What each golden body says, without what all outcomes share. */
const READ: Readonly<Record<string, object>> = {
  passed: {
    kind: "passed",
    interviewId: "60000a22b09a35d2ef5aaa99",
    confidence: 0.93098663,
    spoofConfidence: 0.0010233838,
    lenses: false,
    secondFactor: false,
    token: null,
    interviewToken: null,
  },
  "passed-with-lenses": {
    kind: "passed",
    interviewId: "60000a22b09a35d2ef5aaa99",
    confidence: 0.93098663,
    spoofConfidence: 0.0010233838,
    lenses: true,
    secondFactor: false,
    token: null,
    interviewToken: null,
  },
  "unknown-customer": { kind: "unknown-customer" },
  blocklisted: { kind: "blocklisted" },
  spoof: { kind: "spoof", spoofConfidence: 1 },
  "not-recognized": { kind: "not-recognized", spoofConfidence: 0.00085131516 },
  lenses: { kind: "declined", mask: false, lenses: true, other: false },
  mask: { kind: "declined", mask: true, lenses: false, other: false },
  "mask-and-lenses": { kind: "declined", mask: true, lenses: true, other: false },
  "head-cover": { kind: "declined", mask: false, lenses: false, other: true },
  "face-not-found": { kind: "error", code: 9001, error: "Face not found", message: "No face was found in the image." },
  "more-than-one-face": {
    kind: "error",
    code: 9002,
    error: "More than one face",
    message: "More than one face was found in the image.",
  },
  "image-not-usable": { kind: "error", code: 9003, error: "Image not usable", message: "The image could not be read." },
  "face-unclear": {
    kind: "error",
    code: 9004,
    error: "Face too small or turned away",
    message: "The face is too small, turned away or unclear.",
  },
  "too-many-attempts": {
    kind: "error",
    code: 9005,
    error: "Too many attempts",
    message: "Too many attempts. Try again later.",
  },
  unpredicted: {
    kind: "error",
    code: 9500,
    error: "Unpredicted error",
    message: "The authentication could not be completed.",
  },
  "unknown-code": { kind: "error", code: 4077, error: "Face cropping failed", message: "Face cropping failed." },
};

const passed = golden("passed");

/** A body without some of its keys. */
function without(body: Readonly<Record<string, unknown>>, ...keys: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([key]) => !keys.includes(key)));
}

function only<Kind extends ReceivedOutcome["kind"] | "malformed">(
  value: unknown,
  kind: Kind,
): Extract<ReceivedOutcome | Malformed, { kind: Kind }> {
  const outcome = classify(value);
  assert.equal(outcome.kind, kind, JSON.stringify(value));
  return outcome as Extract<ReceivedOutcome | Malformed, { kind: Kind }>; // just proved
}

describe("classify", () => {
  it("reads every golden body, the page's seven samples among them", () => {
    assert.deepEqual(Object.keys(READ).sort(), [...GOLDEN_NAMES].sort());
    for (const name of GOLDEN_NAMES) {
      const body = golden(name);
      const { customerId, transactionId = null } = body;
      assert.deepEqual(classify(body), { ...READ[name], customerId, transactionId, body }, name);
    }
  });

  it("keeps every further key of any body, and reads it all the same", () => {
    for (const name of GOLDEN_NAMES) {
      const body: Readonly<Record<string, unknown>> = { ...golden(name), hasHat: true, videoSelfie: { frames: [1] } };
      const outcome = classify(body);
      assert.equal(outcome.kind, classify(golden(name)).kind);
      assert.ok(outcome.kind !== "malformed" && outcome.body === body);
    }
  });

  it("types a code that nobody listed as error, with or without texts", () => {
    for (const code of [1, -5, 0, 4000, 4014, 5000, 9999, 123456789]) {
      const outcome = only({ ...golden("unknown-customer"), errorCode: code }, "error");
      assert.equal(outcome.code, code);
      assert.equal(outcome.message, "Can't find customer by any criteria.");
    }
    const bare = only({ customerId: "c", overallStatus: "FAIL", errorCode: 7 }, "error");
    assert.deepEqual([bare.code, bare.error, bare.message], [7, null, null]);
  });

  it("takes the errorMessage NA and empty tokens as absent", () => {
    assert.equal(only({ ...golden("unknown-code"), errorMessage: "NA" }, "error").message, null);
    only({ ...passed, errorMessage: "NA" }, "passed");
    const tokens = only({ ...passed, token: "t", interviewToken: "i" }, "passed");
    assert.deepEqual([tokens.token, tokens.interviewToken], ["t", "i"]);
  });

  it("reads any body without a transactionId", () => {
    for (const name of GOLDEN_NAMES) {
      const outcome = classify(without(golden(name), "transactionId"));
      assert.ok(outcome.kind !== "malformed" && outcome.transactionId === null, name);
      assert.equal(outcome.kind, classify(golden(name)).kind, name);
    }
  });

  it("reads recognitionConfidence empty, absent and full", () => {
    const full = { confidence: 0.9, candidates: [{ id: 1 }] };
    for (const name of GOLDEN_NAMES) {
      const kind = classify(golden(name)).kind;
      only({ ...golden(name), recognitionConfidence: {} }, kind);
      only(without(golden(name), "recognitionConfidence"), kind);
      only({ ...golden(name), recognitionConfidence: full }, kind);
    }
    assert.equal(only({ ...passed, recognitionConfidence: {} }, "passed").confidence, null);
    assert.equal(only({ ...passed, recognitionConfidence: full }, "passed").confidence, 0.9);
  });

  it("reads confidence 0, and spoofAttempt false without a score, as not evaluated", () => {
    const zero = only({ ...passed, recognitionConfidence: { confidence: 0, candidates: [] } }, "passed");
    assert.equal(zero.confidence, null);
    assert.equal(only(without(passed, "spoofConfidence"), "passed").spoofConfidence, null);
    assert.equal(only(without(golden("not-recognized"), "spoofConfidence"), "not-recognized").spoofConfidence, null);
    assert.equal(only(without(golden("spoof"), "spoofConfidence"), "spoof").spoofConfidence, null);
    assert.equal(only({ ...passed, spoofConfidence: 0 }, "passed").spoofConfidence, 0);
  });

  it("never passes a PASS that contradicts itself", () => {
    const contradictions: Record<string, unknown>[] = [
      { faceMatch: false },
      { spoofAttempt: true },
      { hasFaceMask: true },
      { error: "" },
      { error: "User blacklisted" },
      { errorCode: 4003 },
      { errorCode: 0 },
      { errorMessage: "" },
      { errorMessage: "no" },
      { spoofConfidence: 1.5 },
      { spoofConfidence: -0.1 },
      { recognitionConfidence: { confidence: 93 } },
    ];
    for (const contradiction of contradictions) {
      assert.notEqual(only({ ...passed, ...contradiction }, "inconsistent").why, "");
    }
  });

  it("never passes a PASS that leaves out faceMatch or spoofAttempt", () => {
    only(without(passed, "faceMatch"), "inconsistent");
    only(without(passed, "spoofAttempt"), "inconsistent");
    only({ customerId: "c", overallStatus: "PASS" }, "inconsistent");
  });

  it("passes a PASS without the optional keys, and says what they would have said", () => {
    const bare = only({ customerId: "c", overallStatus: "PASS", faceMatch: true, spoofAttempt: false }, "passed");
    assert.deepEqual(
      [bare.interviewId, bare.lenses, bare.secondFactor, bare.token, bare.transactionId],
      [null, false, false, null, null],
    );
  });

  it("says that a step-up is demanded", () => {
    assert.equal(only({ ...passed, secondFactor: true }, "passed").secondFactor, true);
  });

  it("calls a FAIL that contradicts itself inconsistent", () => {
    const bodies = [
      { ...golden("not-recognized"), faceMatch: true },
      { ...golden("lenses"), faceMatch: true },
      { ...golden("lenses"), spoofAttempt: true },
      { ...golden("spoof"), spoofAttempt: false },
      { ...golden("not-recognized"), spoofAttempt: true },
      { ...golden("lenses"), error: "x" },
      { ...golden("lenses"), errorMessage: "x" },
    ];
    for (const body of bodies) assert.notEqual(only(body, "inconsistent").why, "");
  });

  it("leaves a spoof flag beside a code of another sender to the handler of errors", () => {
    only({ ...golden("unknown-code"), spoofAttempt: true }, "error");
  });

  it("calls a capture that names neither mask nor lenses other: hats, and variants to come", () => {
    assert.equal(only(without(golden("mask"), "hasFaceMask", "hasLenses"), "declined").other, true);
    assert.equal(only({ customerId: "c", overallStatus: "FAIL" }, "declined").other, true);
  });

  it("calls what is no notification malformed and names the first wrong key, not its value", () => {
    const cases: (readonly [unknown, RegExp])[] = [
      [null, /object/],
      ["PASS", /object/],
      [[passed], /object/],
      [{}, /^customerId/],
      [{ customerId: "c" }, /^overallStatus/],
      [{ ...passed, overallStatus: "pass" }, /^overallStatus/],
      [{ ...passed, overallStatus: "toString" }, /^overallStatus/],
    ];
    for (const [value, why] of cases) assert.match(only(value, "malformed").why, why);
  });

  it("calls every known key of a wrong type malformed", () => {
    const body = { ...passed, error: "e", errorCode: 1, errorMessage: "m" };
    for (const key of Object.keys(body)) {
      for (const wrong of [null, { a: 1 }, Number.NaN]) {
        if (key === "recognitionConfidence" && wrong !== null && typeof wrong === "object") continue;
        assert.match(only({ ...body, [key]: wrong }, "malformed").why, new RegExp(`^${key} `));
      }
    }
    only({ ...passed, errorCode: 4003.5 }, "malformed");
    only({ ...passed, recognitionConfidence: [] }, "malformed");
    only({ ...passed, recognitionConfidence: { confidence: "0.9" } }, "malformed");
    only({ ...passed, recognitionConfidence: { candidates: {} } }, "malformed");
  });

  it("never passes anything that is not PASS, faceMatch true and spoofAttempt false, over all combinations", () => {
    const flags = [true, false, undefined];
    const codes = [undefined, 4003, 4004, 4005, 4015, 9001, 4077];
    let passes = 0;
    for (const overallStatus of ["PASS", "FAIL"]) {
      for (const faceMatch of flags) {
        for (const spoofAttempt of flags) {
          for (const hasFaceMask of flags) {
            for (const errorCode of codes) {
              const body = { customerId: "c", overallStatus, faceMatch, spoofAttempt, hasFaceMask, errorCode };
              const clean = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
              const good =
                overallStatus === "PASS" &&
                faceMatch === true &&
                spoofAttempt === false &&
                hasFaceMask !== true &&
                errorCode === undefined;
              assert.equal(classify(clean).kind === "passed", good, JSON.stringify(clean));
              passes += good ? 1 : 0;
            }
          }
        }
      }
    }
    assert.equal(passes, 2);
  });

  it("narrows to each arm, and a switch over the kinds is complete", () => {
    const told = (outcome: ReceivedOutcome): string | number | boolean | null => {
      switch (outcome.kind) {
        case "passed":
          return outcome.interviewId;
        case "declined":
          return outcome.other;
        case "unknown-customer":
        case "blocklisted":
          return outcome.customerId;
        case "spoof":
        case "not-recognized":
          return outcome.spoofConfidence;
        case "error":
          return outcome.code;
        case "inconsistent":
          return outcome.why;
      }
    };
    assert.equal(told(only(golden("head-cover"), "declined")), true);
    assert.equal(told(only(golden("unpredicted"), "error")), 9500);
  });
});
