import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AttemptCircumstances, judgeAttempt } from "./judge-attempt.ts";
import { PROFILES } from "./profiles.ts";
import { readRetryAfter } from "./retry-after.ts";
import { failureReason, SEND_FAILURES, type SendResult } from "./send-result.ts";

const NOW_MS = Date.UTC(2026, 10, 24, 3, 0, 0);
const DAY_MS = 86_400_000;

describe("judgeAttempt", () => {
  it("calls an acknowledged reply delivered", () => {
    assert.deepEqual(step({ result: replied(200, { acknowledged: true }) }), { kind: "delivered" });
  });

  it("judges by the profile's acknowledgement, not by the status", () => {
    assert.deepEqual(step({ result: replied(200), profile: "incode" }), {
      kind: "retry",
      afterMs: 30_000,
      reason: "notAcknowledged",
    });
    assert.deepEqual(step({ result: replied(410, { acknowledged: true }) }), { kind: "delivered" });
  });

  it("walks each wait of each profile and then gives up", () => {
    for (const profile of ["standard", "incode"] as const) {
      const { waitsMs } = PROFILES[profile];
      waitsMs.forEach((waitMs, retriesDone) => {
        const next = step({ profile, retriesDone, result: replied(500), jitterFraction: 0.5 });
        assert.deepEqual(next, { kind: "retry", afterMs: Math.round(waitMs), reason: "serverError" });
      });
      const last = step({ profile, retriesDone: waitsMs.length, result: replied(500) });
      assert.deepEqual(last, { kind: "dead", reason: "retriesExhausted" });
    }
  });

  it("moves the waits of standard by up to 20 % either way and those of incode not at all", () => {
    const afterMs = (jitterFraction: number, profile: "standard" | "incode"): number => {
      const next = step({ profile, jitterFraction, result: replied(500) });
      assert.ok(next.kind === "retry");
      return next.afterMs;
    };
    assert.equal(afterMs(0, "standard"), 4_000);
    assert.equal(afterMs(0.25, "standard"), 4_500);
    assert.equal(afterMs(0.999999, "standard"), 6_000);
    assert.equal(afterMs(0, "incode"), 30_000);
    assert.equal(afterMs(0.999999, "incode"), 30_000);
  });

  it("follows the override of the setting without jitter and gives up after its last wait", () => {
    const standardWaitsMs = [1_000, 0];
    for (const jitterFraction of [0, 0.9]) {
      assert.deepEqual(step({ standardWaitsMs, jitterFraction, result: replied(500) }), {
        kind: "retry",
        afterMs: 1_000,
        reason: "serverError",
      });
    }
    assert.deepEqual(step({ standardWaitsMs, retriesDone: 1, result: replied(500) }), {
      kind: "retry",
      afterMs: 0,
      reason: "serverError",
    });
    assert.equal(step({ standardWaitsMs, retriesDone: 2, result: replied(500) }).kind, "dead");
    assert.equal(step({ standardWaitsMs: [], result: replied(500) }).kind, "dead");
  });

  it("leaves the waits of incode alone when the setting overrides those of standard", () => {
    const next = step({ standardWaitsMs: [1_000], result: replied(500), profile: "incode" });
    assert.deepEqual(next, { kind: "retry", afterMs: 30_000, reason: "serverError" });
  });

  it("holds the endpoint's deliveries as gone on 410, even at the last retry", () => {
    assert.deepEqual(step({ result: replied(410) }), { kind: "hold", reason: "gone" });
    assert.deepEqual(step({ result: replied(410), retriesDone: 99, profile: "incode" }), {
      kind: "hold",
      reason: "gone",
    });
  });

  it("slows the endpoint on 429, 502 and 504 and on no other status", () => {
    for (const status of [429, 502, 504]) {
      const next = step({ result: replied(status) });
      assert.ok(next.kind === "retry");
      assert.equal(next.slowEndpointMs, 5_000, String(status));
    }
    for (const status of [201, 301, 400, 401, 403, 404, 408, 422, 500, 501, 503]) {
      const next = step({ result: replied(status), profile: "incode" });
      assert.ok(next.kind === "retry");
      assert.ok(!("slowEndpointMs" in next), String(status));
    }
  });

  it("waits as Retry-After asks, for the delivery and for a slowed endpoint", () => {
    assert.deepEqual(step({ result: replied(429, { retryAfter: "120" }), jitterFraction: 0 }), {
      kind: "retry",
      afterMs: 120_000,
      reason: "clientError",
      slowEndpointMs: 120_000,
    });
    assert.deepEqual(step({ result: replied(503, { retryAfter: "120" }), jitterFraction: 0, profile: "incode" }), {
      kind: "retry",
      afterMs: 120_000,
      reason: "serverError",
    });
  });

  it("spreads over a tenth more those who are told the same second, and has no endpoint back sooner than its delivery", () => {
    for (const profile of ["standard", "incode"] as const) {
      for (const [jitterFraction, afterMs] of [
        [0.5, 126_000],
        [0.999_999, 132_000],
      ] as const) {
        const next = step({ result: replied(429, { retryAfter: "120" }), jitterFraction, profile });
        assert.deepEqual(next, { kind: "retry", afterMs, reason: "clientError", slowEndpointMs: afterMs });
      }
    }
  });

  it("falls back to the schedule when Retry-After is garbage", () => {
    for (const retryAfter of ["abc", "-1", "1e99", ""]) {
      assert.deepEqual(step({ result: replied(503, { retryAfter }) }), {
        kind: "retry",
        afterMs: 5_000,
        reason: "serverError",
      });
    }
  });

  it("gives up after the last retry even if Retry-After asks for one more", () => {
    assert.equal(step({ result: replied(503, { retryAfter: "1" }), retriesDone: 9 }).kind, "dead");
  });

  it("retries every failure without a reply and keeps its word", () => {
    for (const reason of SEND_FAILURES) {
      assert.deepEqual(step({ result: { kind: "failed", reason } }), { kind: "retry", afterMs: 5_000, reason });
    }
  });
});

describe("readRetryAfter", () => {
  const at = { nowMs: NOW_MS, jitterFraction: 0 };

  it("clamps seconds to 1 s and 24 h", () => {
    for (const [text, expected] of [
      ["0", 1_000],
      ["1", 1_000],
      ["2", 2_000],
      [" 120 ", 120_000],
      ["86400", DAY_MS],
      ["86401", DAY_MS],
      ["99999999999999999999", DAY_MS],
      ["9".repeat(400), DAY_MS],
    ] as const) {
      assert.equal(readRetryAfter(text, at), expected, text);
    }
  });

  it("reads the three forms of an HTTP date", () => {
    for (const text of [
      "Tue, 24 Nov 2026 03:02:00 GMT",
      "Tuesday, 24-Nov-26 03:02:00 GMT",
      "Tue Nov 24 03:02:00 2026",
    ]) {
      assert.equal(readRetryAfter(text, at), 120_000, text);
    }
  });

  it("clamps a date in the year 9999 to 24 h and one half a second ahead to 1 s", () => {
    assert.equal(readRetryAfter("Fri, 31 Dec 9999 23:59:59 GMT", at), DAY_MS);
    assert.equal(readRetryAfter("Tue, 24 Nov 2026 03:00:00 GMT", { ...at, nowMs: NOW_MS - 500 }), 1_000);
  });

  it("is never sooner than asked for, never later by more than a tenth, and never over 24 h", () => {
    for (const seconds of [0, 1, 2, 119, 3_600, 80_000, 86_400, 99_999]) {
      for (const jitterFraction of [0, 0.1, 0.5, 0.999_999]) {
        const waitMs = readRetryAfter(String(seconds), { ...at, jitterFraction }) ?? 0;
        const askedMs = Math.min(DAY_MS, Math.max(1, seconds) * 1_000);
        assert.ok(waitMs >= askedMs && waitMs <= Math.min(DAY_MS, askedMs * 1.1), `${waitMs} for ${seconds} s`);
        assert.ok(jitterFraction === 0 || askedMs === DAY_MS || waitMs > askedMs, String(seconds));
      }
    }
  });

  it("answers nothing for absent, garbage, negative and past values", () => {
    for (const text of [
      null,
      "",
      "-1",
      "+5",
      "1.5",
      "1e99",
      "0x10",
      "abc",
      "NaN",
      "Infinity",
      "2026-11-24T03:02:00Z",
      "Tue, 99 Nov 2026 03:02:00 GMT",
      "Tue, 24 Nov 2026 03:02:00",
      "Tue, 24 Nov 2026 03:00:00 GMT",
      "Tue, 24 Nov 2020 03:00:00 GMT",
    ]) {
      assert.equal(readRetryAfter(text, at), null, String(text));
    }
  });
});

describe("failureReason", () => {
  it("shows client errors, server errors, redirects and wrong acknowledgements apart", () => {
    assert.equal(failureReason(replied(200, { acknowledged: true })), null);
    assert.equal(failureReason(replied(202)), "notAcknowledged");
    assert.equal(failureReason(replied(300)), "redirect");
    assert.equal(failureReason(replied(399)), "redirect");
    assert.equal(failureReason(replied(400)), "clientError");
    assert.equal(failureReason(replied(499)), "clientError");
    assert.equal(failureReason(replied(500)), "serverError");
    assert.equal(failureReason({ kind: "failed", reason: "timeout" }), "timeout");
  });
});

function step({
  result,
  ...circumstances
}: Partial<AttemptCircumstances> & { readonly result: SendResult }): ReturnType<typeof judgeAttempt> {
  return judgeAttempt(result, {
    profile: "standard",
    retriesDone: 0,
    jitterFraction: 0.5,
    nowMs: NOW_MS,
    standardWaitsMs: null,
    ...circumstances,
  });
}

function replied(status: number, extra: { acknowledged?: boolean; retryAfter?: string } = {}): SendResult {
  return {
    kind: "replied",
    status,
    acknowledged: extra.acknowledged ?? false,
    contentType: null,
    retryAfter: extra.retryAfter ?? null,
    replyBody: new Uint8Array(),
  };
}
