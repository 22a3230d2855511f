import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { describe, it } from "node:test";
import type { ReceivedOutcome } from "@sameface/contract";
import { createSqliteStore } from "./dedupe/sqlite.ts";
import type { OutcomeOf } from "./handlers.ts";
import { createReceiver } from "./receive.ts";
import { golden, SECRET, signed, testClock } from "./signed.fixture.ts";

/** Compiles only while every outcome has its case. */
function told(outcome: ReceivedOutcome): string {
  switch (outcome.kind) {
    case "passed":
      return outcome.secondFactor ? "one more factor" : "welcome";
    case "declined":
      return outcome.mask ? "mask" : outcome.lenses ? "lenses" : "other";
    case "spoof":
      return `spoof ${outcome.spoofConfidence ?? "not evaluated"}`;
    case "error":
      return `error ${outcome.code}`;
    case "inconsistent":
      return outcome.why;
    case "unknown-customer":
    case "blocklisted":
    case "not-recognized":
      return outcome.kind;
  }
}

describe("types of handlers", () => {
  it("narrows the outcome by the name of the handler", async () => {
    const seen: unknown[] = [];
    const receiver = createReceiver({ secrets: [SECRET], ...testClock() })
      .on("passed", (outcome) => {
        seen.push(outcome.secondFactor, told(outcome));
        // @ts-expect-error a pass has no code, so a handler for it can't ask for one
        seen.push(outcome.code);
      })
      .on("declined", ({ mask, lenses, other }) => {
        seen.push(mask, lenses, other);
      })
      .on("not-passed", (outcome) => {
        seen.push(told(outcome));
        // @ts-expect-error without asking for the kind, nobody knows whether there is a code
        seen.push(outcome.code);
        // @ts-expect-error what did not pass is never "passed", so the comparison can't hold
        seen.push(outcome.kind === "passed");
      });
    for (const id of ["passed", "mask", "unknown-code"]) {
      await receiver.receive(await signed({ id, body: golden(id) }));
    }
    assert.deepEqual(seen, [false, "welcome", undefined, true, false, false, "error 4077", 4077, false]);
  });

  it("gives not-passed every outcome but passed", () => {
    const kinds: Record<OutcomeOf<"not-passed">["kind"], true> = {
      declined: true,
      "unknown-customer": true,
      blocklisted: true,
      spoof: true,
      "not-recognized": true,
      error: true,
      inconsistent: true,
    };
    const all: Record<ReceivedOutcome["kind"], true> = { ...kinds, passed: true };
    assert.equal(Object.keys(all).length, 8);
  });

  it("takes no name that is not an outcome's", () => {
    const receiver = createReceiver({ secrets: [SECRET] });
    // @ts-expect-error "pass" is not "passed": a handler that is never called would be a silent fault
    receiver.on("pass", () => undefined);
    assert.throws(() => receiver.on("passed", () => undefined).on("passed", () => undefined));
  });

  it("takes node:sqlite as the driver by its shape, and no other thing", () => {
    createSqliteStore(new DatabaseSync(":memory:"));
    // @ts-expect-error a file name is no database: the driver is handed in
    assert.throws(() => createSqliteStore("received.sqlite"), TypeError);
  });
});
