import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { healthOf } from "./endpoint-health.ts";

const WELL = {
  enabled: true,
  verified: true,
  disabledReason: null,
  slowedUntil: null,
  failingSince: null,
  consecutiveFailures: 0,
};
const NOW = Date.parse("2027-01-31T12:00:00Z");

describe("healthOf", () => {
  it("names each state, the worst first", () => {
    const labelOf = (more: Partial<Parameters<typeof healthOf>[0]>): string =>
      healthOf({ ...WELL, ...more }, NOW).label;
    assert.equal(labelOf({}), "Healthy");
    assert.equal(labelOf({ enabled: false, disabledReason: "operator" }), "Paused");
    assert.equal(labelOf({ enabled: false, disabledReason: "gone" }), "Gone");
    assert.equal(labelOf({ enabled: false, disabledReason: "listener" }), "Stream");
    assert.equal(labelOf({ enabled: false, disabledReason: "operator", verified: false }), "Unverified");
    assert.equal(labelOf({ failingSince: "2027-01-31T11:00:00Z", slowedUntil: "2027-01-31T13:00:00Z" }), "Failing");
    assert.equal(labelOf({ slowedUntil: "2027-01-31T13:00:00Z" }), "Slowed");
    assert.equal(labelOf({ slowedUntil: "2027-01-31T11:59:59Z" }), "Healthy");
  });

  it("counts failures in words, and repeats a reason it does not know", () => {
    const failing = { ...WELL, failingSince: "2027-01-31T11:00:00Z" };
    assert.match(healthOf({ ...failing, consecutiveFailures: 1 }, NOW).detail, /^The last attempt failed/);
    assert.match(healthOf({ ...failing, consecutiveFailures: 7 }, NOW).detail, /^The last 7 attempts failed/);
    assert.match(healthOf({ ...WELL, enabled: false, disabledReason: "flood" }, NOW).detail, /flood/);
  });
});
