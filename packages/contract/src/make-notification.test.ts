import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ContractError } from "./contract-error.ts";
import { encodeNotification } from "./encode-notification.ts";
import { FAILURES, OWN_FAILURE_NAMES } from "./failures.ts";
import { GOLDEN_NAMES, golden } from "./golden.fixture.ts";
import { makeNotification } from "./make-notification.ts";
import type { Outcome } from "./outcomes.ts";

const passed = {
  kind: "passed",
  interviewId: "60000a22b09a35d2ef5aaa99",
  confidence: 0.93098663,
  spoofConfidence: 0.0010233838,
  lenses: false,
  secondFactor: false,
} as const;

/** The decision behind each golden body. */
const OUTCOMES: Readonly<Record<string, Outcome>> = {
  passed,
  "passed-with-lenses": { ...passed, lenses: true },
  "unknown-customer": { kind: "unknown-customer" },
  blocklisted: { kind: "blocklisted" },
  spoof: { kind: "spoof", spoofConfidence: 1 },
  "not-recognized": { kind: "not-recognized", spoofConfidence: 0.00085131516 },
  lenses: { kind: "declined", mask: false, lenses: true, other: false },
  mask: { kind: "declined", mask: true, lenses: false, other: false },
  "mask-and-lenses": { kind: "declined", mask: true, lenses: true, other: false },
  "head-cover": { kind: "declined", mask: false, lenses: false, other: true },
  ...Object.fromEntries(
    OWN_FAILURE_NAMES.map((failure) => [
      failure.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      { kind: "error", failure } as const,
    ]),
  ),
};

function subjectOf(name: string): { customerId: string; transactionId?: string } {
  const { customerId, transactionId } = golden(name) as { customerId: string; transactionId?: string };
  return transactionId === undefined ? { customerId } : { customerId, transactionId };
}

const subject = { customerId: "c1", transactionId: "0be5f261d076492d9d3b74f6" };

describe("makeNotification", () => {
  it("makes every golden body from its outcome, key order included", () => {
    const ours = GOLDEN_NAMES.filter((name) => name !== "unknown-code"); // that one is another sender's
    assert.deepEqual(Object.keys(OUTCOMES).sort(), [...ours].sort());
    for (const [name, outcome] of Object.entries(OUTCOMES)) {
      const text = new TextDecoder().decode(encodeNotification(makeNotification(outcome, subjectOf(name))));
      assert.equal(text, JSON.stringify(golden(name)), name);
    }
  });

  it("writes exactly the error keys of 4003, 4004, 4005 and 4015, and none into a declined capture", () => {
    const keysOf = (outcome: Outcome): string[] =>
      Object.keys(makeNotification(outcome, subject)).filter((key) => key.startsWith("error"));
    const pair = ["error", "errorCode"];
    assert.deepEqual(keysOf({ kind: "blocklisted" }), pair);
    assert.deepEqual(keysOf({ kind: "unknown-customer" }), [...pair, "errorMessage"]);
    assert.deepEqual(keysOf({ kind: "spoof", spoofConfidence: 0.9 }), [...pair, "errorMessage"]);
    assert.deepEqual(keysOf({ kind: "not-recognized", spoofConfidence: 0 }), pair);
    for (const mask of [true, false]) {
      for (const lenses of [true, false]) {
        assert.deepEqual(keysOf({ kind: "declined", mask, lenses, other: true }), []);
      }
    }
  });

  it("writes a transactionId only where the row of the failure has one", () => {
    for (const failure of OWN_FAILURE_NAMES) {
      const body = makeNotification({ kind: "error", failure }, subject);
      assert.equal("transactionId" in body, FAILURES[failure].transaction !== "never", failure);
    }
    for (const kind of ["unknown-customer", "blocklisted"] as const) {
      assert.equal("transactionId" in makeNotification({ kind }, subject), false, kind);
    }
  });

  it("tells an unpredicted error also before the transaction began", () => {
    const body = makeNotification({ kind: "error", failure: "unpredicted" }, { customerId: "c1" });
    assert.equal("transactionId" in body, false);
    assert.ok(encodeNotification(body).length > 0);
  });

  it("refuses an outcome of a transaction that has no transactionId", () => {
    const outcomes: Outcome[] = [
      passed,
      { kind: "declined", mask: true, lenses: false, other: false },
      { kind: "spoof", spoofConfidence: 1 },
      { kind: "not-recognized", spoofConfidence: null },
      { kind: "error", failure: "faceNotFound" },
    ];
    for (const outcome of outcomes) {
      assert.throws(
        () => makeNotification(outcome, { customerId: "c1" }),
        (error) => error instanceof ContractError && error.code === "bad_notification",
      );
    }
  });

  it("leaves spoofConfidence out where liveness was not evaluated, and never writes it as 0", () => {
    for (const outcome of [
      { ...passed, spoofConfidence: null },
      { kind: "not-recognized", spoofConfidence: null } as const,
    ]) {
      const body = makeNotification(outcome, subject);
      assert.equal("spoofConfidence" in body, false);
      assert.ok(encodeNotification(body).length > 0);
    }
    assert.equal("spoofConfidence" in makeNotification({ ...passed, spoofConfidence: 0 }, subject), true);
  });

  it("says a demanded step-up on the wire", () => {
    assert.match(JSON.stringify(makeNotification({ ...passed, secondFactor: true }, subject)), /"secondFactor":true/);
  });
});
