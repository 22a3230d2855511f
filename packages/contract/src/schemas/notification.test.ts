import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Check } from "typebox/value";
import { GOLDEN_NAMES, golden } from "../golden.fixture.ts";
import { readOpenNotification } from "../read-open-notification.ts";
import { Notification, OpenNotification } from "./index.ts";

const VALUES = [
  null,
  true,
  0,
  0.5,
  4003,
  "",
  "PASS",
  [],
  {},
  { confidence: 1 },
  { candidates: [] },
  { confidence: "1" },
];

describe("notification schemas", () => {
  it("closes over every golden body but that of another sender", () => {
    for (const name of GOLDEN_NAMES) assert.equal(Check(Notification, golden(name)), name !== "unknown-code", name);
  });

  it("opens for every golden body, and for any further key", () => {
    for (const name of GOLDEN_NAMES) {
      assert.equal(Check(OpenNotification, golden(name)), true, name);
      assert.equal(Check(OpenNotification, { ...golden(name), hasHat: true }), true, name);
    }
  });

  it("opens for exactly what the reading without the library opens for", () => {
    let refused = 0;
    for (const name of GOLDEN_NAMES) {
      for (const key of Object.keys({ ...golden("passed"), ...golden("spoof") })) {
        for (const value of [undefined, ...VALUES]) {
          const mutant = { ...golden(name), [key]: value };
          const body: unknown = JSON.parse(JSON.stringify(mutant));
          const open = typeof readOpenNotification(body) !== "string";
          assert.equal(open, Check(OpenNotification, body), JSON.stringify(body));
          refused += open ? 0 : 1;
        }
      }
    }
    assert.ok(refused > 500);
  });

  it("is JSON Schema by its text: one object for each closed outcome, no further property", () => {
    const text = JSON.parse(JSON.stringify(Notification)) as {
      anyOf: { anyOf?: unknown[]; additionalProperties?: boolean }[];
    };
    assert.equal(text.anyOf.length, 7);
    for (const { anyOf, additionalProperties } of text.anyOf) {
      assert.ok(anyOf !== undefined || additionalProperties === false);
    }
  });
});
