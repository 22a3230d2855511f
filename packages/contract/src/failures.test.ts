import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FAILURE_NAMES, failureByCode } from "./failure-codes.ts";
import { FAILURES, OWN_FAILURE_NAMES } from "./failures.ts";
import { GOLDEN_NAMES, golden } from "./golden.fixture.ts";

const PAGE = ["blocklisted", "unknownCustomer", "spoofDetected", "notRecognized"];

describe("failures", () => {
  it("gives each row a code of its own, found again by that code", () => {
    for (const name of FAILURE_NAMES) assert.equal(failureByCode(FAILURES[name].code), name);
  });

  it("knows no row for a code of another sender", () => {
    for (const code of [0, 4000, 4077, 9000, 9999, Number.NaN]) assert.equal(failureByCode(code), null);
  });

  it("keeps our codes apart from the four of the page", () => {
    assert.deepEqual(
      FAILURE_NAMES.filter((name) => !PAGE.includes(name)),
      OWN_FAILURE_NAMES,
    );
    assert.equal(
      OWN_FAILURE_NAMES.every((name) => FAILURES[name].code >= 9000),
      true,
    );
  });

  it("prints the number of a spoof message with at least one decimal", () => {
    const { message } = FAILURES.spoofDetected;
    const texts = [
      [1, "1.0"],
      [0, "0.0"],
      [0.97, "0.97"],
      [0.30000001192092896, "0.30000001192092896"],
      [1e-7, "1.0e-7"],
      [1.5e-7, "1.5e-7"],
    ] as const;
    for (const [score, text] of texts) {
      assert.equal(message(score), `Spoof attempt detected. Spoof confidence ${text}`);
    }
  });

  it("has one golden body for each row", () => {
    const codes = GOLDEN_NAMES.map((name) => golden(name)["errorCode"]);
    for (const name of FAILURE_NAMES) {
      assert.equal(codes.filter((code) => code === FAILURES[name].code).length, 1, name);
    }
  });
});
