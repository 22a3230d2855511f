import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { healthOf } from "./health.ts";

const HEALTHY = { enabled: true, disabledReason: null, failingSince: null, slowedUntil: null };
const AT = "2027-01-01T00:00:00Z";

describe("healthOf", () => {
  it("tells what matters most", () => {
    const told = [
      HEALTHY,
      { ...HEALTHY, slowedUntil: AT },
      { ...HEALTHY, failingSince: AT, slowedUntil: AT },
      { ...HEALTHY, enabled: false, disabledReason: "operator", failingSince: AT },
      { ...HEALTHY, enabled: false, disabledReason: "failing" },
      { ...HEALTHY, enabled: false, disabledReason: "listener" },
    ].map((endpoint) => healthOf(endpoint).label);
    assert.deepEqual(told, ["Healthy", "Slowed", "Failing", "Paused", "Disabled", "Stream"]);
  });
});
