import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Log } from "./http/log.ts";
import { logReport } from "./log-report.ts";

describe("logReport", () => {
  it("warns of a result that was lost, and not of a lease that was given back", () => {
    const lines: string[] = [];
    const note = (level: string) => (message: string) => {
      lines.push(`${level} ${message}`);
    };
    const log: Log = { debug: note("debug"), info: note("info"), warn: note("warn"), error: note("error") };
    const of = { tenantId: "t", deliveryId: "d", eventId: "e", endpointId: "p", attemptNumber: 1 };
    logReport(log, { kind: "released", ...of });
    logReport(log, { kind: "unrecorded", ...of });
    assert.deepEqual(lines, ["info released", "warn unrecorded"]);
  });
});
