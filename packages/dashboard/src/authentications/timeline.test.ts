import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Schemas } from "@sameface/contract/client";
import { timelineOf } from "./timeline.ts";

type Detail = Schemas["AuthenticationDetail"];
const AT = "2027-01-01T00:00:00Z";

function delivery(status: Schemas["DeliveryView"]["status"], attempts = 1): Schemas["DeliveryView"] {
  const times = { nextAttemptAt: null, createdAt: AT, updatedAt: AT };
  return { id: "d", eventId: "e", endpointId: "p", status, reason: null, attempts, test: false, ...times };
}

function detail(change: Partial<Detail>): Detail {
  const event = {
    id: "e",
    outcome: "passed",
    authenticationId: "a",
    test: false,
    notification: { a: 1 },
    createdAt: AT,
  };
  return {
    id: "a",
    customerId: "anna",
    outcome: "passed",
    errorCode: null,
    reason: null,
    transactionId: null,
    interviewId: null,
    eventId: "e",
    checks: null,
    hints: [],
    flags: [],
    createdAt: AT,
    timings: { decode: 12.3, detect: 4.56, total: 40 },
    body: "{}",
    event: { ...event, outcome: "passed" },
    deliveries: [],
    ...change,
  };
}

const states = (change: Partial<Detail>): readonly string[] => timelineOf(detail(change)).map((step) => step.state);

describe("timelineOf", () => {
  it("has ten steps, the picture's among them with its longest stages", () => {
    const steps = timelineOf(detail({ deliveries: [delivery("delivered")] }));
    assert.equal(steps.length, 10);
    assert.equal(steps[2]?.told, "decode 12 ms, detect 4.6 ms");
    assert.ok(steps.every((step) => step.state === "done"));
  });

  it("leaves the picture out where no inference was needed, and names why", () => {
    for (const outcome of ["unknown-customer", "blocklisted"] as const) {
      const steps = timelineOf(detail({ outcome, timings: { total: 5 } }));
      assert.equal(steps[2]?.state, "left out");
      assert.notEqual(steps[1]?.told, "Known, and not blocked.");
    }
    assert.equal(
      timelineOf(detail({ outcome: "declined", reason: "headCover", timings: null }))[3]?.told,
      "declined: headCover",
    );
  });

  it("tells waiting, failed and finished deliveries apart", () => {
    const last = (change: Partial<Detail>) => states(change).slice(7, 9);
    assert.deepEqual(last({}), ["left out", "left out"]);
    assert.deepEqual(last({ deliveries: [delivery("pending", 0)] }), ["waits", "waits"]);
    assert.deepEqual(last({ deliveries: [delivery("delivered"), delivery("dead")] }), ["done", "failed"]);
    assert.deepEqual(last({ deliveries: [delivery("delivered"), delivery("skipped", 0)] }), ["waits", "done"]);
  });

  it("says of an erased event that it is", () => {
    const step = timelineOf(detail({ event: { id: "e", erased: true }, body: null }))[4];
    assert.deepEqual([step?.state, step?.told], ["left out", "Erased since, with the customer."]);
  });
});
