import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Check } from "typebox/value";
import { notificationBreach } from "./check-notification.ts";
import { ContractError } from "./contract-error.ts";
import { encodeNotification, MAX_NOTIFICATION_BYTES } from "./encode-notification.ts";
import { GOLDEN_NAMES, golden } from "./golden.fixture.ts";
import { makeNotification } from "./make-notification.ts";
import type { Notification } from "./notification.gen.ts";
import { Notification as ClosedSchema } from "./schemas/notification.ts";

type Body = Record<string, unknown>;

const subject = { customerId: "c1", transactionId: "t1" };
const OURS = GOLDEN_NAMES.filter((name) => name !== "unknown-code");
const VALUES = [
  null,
  true,
  false,
  0,
  -0,
  1,
  0.5,
  1.5,
  -0.1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  "",
  "x",
  [],
  [1],
  {},
];

function refusedWith(code: ContractError["code"]): (error: unknown) => boolean {
  return (error) => error instanceof ContractError && error.code === code;
}

/** As a caller without types could hand it in. */
function untyped(body: unknown): Notification {
  return body as Notification;
}

function* mutationsOf(body: Body): Generator<{ key: string; mutant: Body }> {
  for (const key of Object.keys(body)) {
    yield { key, mutant: Object.fromEntries(Object.entries(body).filter(([other]) => other !== key)) };
    for (const value of VALUES) yield { key, mutant: { ...body, [key]: value } };
  }
  for (const value of VALUES) yield { key: "extra", mutant: { ...body, extra: value } };
  for (const value of VALUES) {
    yield {
      key: "recognitionConfidence",
      mutant: { ...body, recognitionConfidence: { confidence: value, candidates: [] } },
    };
    yield {
      key: "recognitionConfidence",
      mutant: { ...body, recognitionConfidence: { confidence: 0.5, candidates: value } },
    };
  }
}

describe("encodeNotification", () => {
  it("refuses a NaN or infinite score before there are bytes to store", () => {
    for (const score of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1.0000001, -0.1]) {
      const passed = { kind: "passed", interviewId: "i1", lenses: false, secondFactor: false } as const;
      const outcomes = [
        { ...passed, confidence: score, spoofConfidence: 0 },
        { ...passed, confidence: 1, spoofConfidence: score },
        { kind: "spoof", spoofConfidence: score } as const,
        { kind: "not-recognized", spoofConfidence: score } as const,
      ];
      for (const outcome of outcomes) {
        assert.throws(() => encodeNotification(makeNotification(outcome, subject)), refusedWith("bad_notification"));
      }
    }
  });

  it("refuses a body over 20,000 bytes, counted as UTF-8", () => {
    const of = (customerId: string): Notification => makeNotification({ kind: "unknown-customer" }, { customerId });
    const frame = JSON.stringify(of("")).length;
    const room = MAX_NOTIFICATION_BYTES - frame;
    assert.throws(() => encodeNotification(of("c".repeat(room + 1))), refusedWith("too_large"));
    assert.throws(() => encodeNotification(of("é".repeat(room / 2 + 1))), refusedWith("too_large"));
    // As large as may be, so it is the id that is refused.
    assert.throws(() => encodeNotification(of("c".repeat(room))), refusedWith("bad_notification"));
  });

  it("gives the same bytes for the same outcome every time", () => {
    const make = (): Uint8Array =>
      encodeNotification(makeNotification({ kind: "spoof", spoofConfidence: 0.97 }, subject));
    assert.deepEqual(make(), make());
  });

  it("refuses what is no notification at all", () => {
    for (const value of [{}, [], "PASS", { overallStatus: "PASS" }, { errorCode: 4003 }]) {
      assert.throws(() => encodeNotification(untyped(value)), refusedWith("bad_notification"));
    }
  });

  it("refuses a code that is not ours to send", () => {
    assert.throws(() => encodeNotification(untyped(golden("unknown-code"))), refusedWith("bad_notification"));
  });

  it("refuses keys in another order than the page's", () => {
    for (const name of OURS) {
      const entries = Object.entries(golden(name));
      assert.notEqual(notificationBreach(untyped(Object.fromEntries([...entries].reverse()))), null, name);
    }
  });

  it("refuses one key that only looks like two", () => {
    const { customerId, faceMatch, ...rest } = golden("blocklisted");
    assert.notEqual(notificationBreach(untyped({ "customerId,faceMatch": [customerId, faceMatch], ...rest })), null);
  });

  it("says which key is wrong, and never its value", () => {
    const passed = golden("passed");
    const secret = { ...passed, customerId: "secret value" };
    assert.equal(notificationBreach(untyped(secret)), "customerId is not what its outcome allows");
    assert.match(
      notificationBreach(untyped({ ...passed, recognitionConfidence: null })) ?? "",
      /^recognitionConfidence/,
    );
  });

  it("refuses an overallScore that is not the confidence, and a spoof message with another number", () => {
    assert.notEqual(notificationBreach(untyped({ ...golden("passed"), overallScore: 0.5 })), null);
    assert.notEqual(notificationBreach(untyped({ ...golden("spoof"), spoofConfidence: 0.9 })), null);
  });

  it("accepts no mutant of a golden body that the closed schema refuses", () => {
    const betweenKeys = new Set(["overallScore", "recognitionConfidence", "spoofConfidence", "errorMessage"]);
    let judged = 0;
    for (const name of OURS) {
      assert.equal(notificationBreach(untyped(golden(name))), null, name);
      for (const { key, mutant } of mutationsOf(golden(name))) {
        const schema = Check(ClosedSchema, mutant);
        const accepted = notificationBreach(untyped(mutant)) === null;
        const told = `${name}, ${key}: ${JSON.stringify(mutant)}`;
        assert.ok(!accepted || schema, `schema refuses: ${told}`);
        assert.ok(accepted || !schema || betweenKeys.has(key), `only the schema accepts: ${told}`);
        judged += 1;
      }
    }
    assert.ok(judged > 3000);
  });
});
