import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GOLDEN_NAMES, golden, goldenText } from "./golden.fixture.ts";

/** The page's keys by outcome, in its order: contract.md §2 and the samples. */
const KEYS_OF_PAGE: Readonly<Record<string, string>> = {
  passed:
    "customerId token interviewId interviewToken transactionId faceMatch spoofAttempt secondFactor children hasFaceMask hasLenses spoofConfidence recognitionConfidence overallScore overallStatus",
  "unknown-customer":
    "customerId faceMatch children recognitionConfidence overallScore overallStatus error errorCode errorMessage",
  spoof:
    "customerId transactionId faceMatch spoofAttempt children spoofConfidence recognitionConfidence overallScore overallStatus error errorCode errorMessage",
  "not-recognized":
    "customerId transactionId faceMatch spoofAttempt children spoofConfidence recognitionConfidence overallScore overallStatus error errorCode",
  blocklisted: "customerId faceMatch children recognitionConfidence overallScore overallStatus error errorCode",
  lenses:
    "customerId transactionId faceMatch spoofAttempt hasFaceMask hasLenses recognitionConfidence overallScore overallStatus",
  mask: "customerId transactionId faceMatch spoofAttempt hasFaceMask hasLenses recognitionConfidence overallScore overallStatus",
};
const CAPTURES = ["lenses", "mask", "mask-and-lenses", "head-cover"];
const ERROR_KEYS = ["error", "errorCode", "errorMessage"];

function errorKeys(name: string): string[] {
  return ERROR_KEYS.filter((key) => key in golden(name));
}

describe("golden payloads", () => {
  it("holds the seven samples of the page with their keys in its order", () => {
    for (const [name, keys] of Object.entries(KEYS_OF_PAGE)) {
      assert.equal(Object.keys(golden(name)).join(" "), keys, name);
    }
  });

  it("is well-formed and written one way, so a repair of a sample shows as a diff", () => {
    for (const name of GOLDEN_NAMES) {
      assert.equal(goldenText(name), `${JSON.stringify(golden(name), null, 2)}\n`, name);
    }
  });

  it("closes the success sample, which ends on the page without its brace", () => {
    assert.match(goldenText("passed"), /"overallStatus": "PASS"\n\}\n$/);
  });

  it("ends the 4003 sample without the comma that the page leaves after its last key", () => {
    assert.match(goldenText("blocklisted"), /"errorCode": 4003\n\}\n$/);
  });

  it("carries three error keys, two or none, whatever the page says of three", () => {
    assert.deepEqual(errorKeys("unknown-customer"), ERROR_KEYS);
    assert.deepEqual(errorKeys("spoof"), ERROR_KEYS);
    assert.deepEqual(errorKeys("blocklisted"), ["error", "errorCode"]);
    assert.deepEqual(errorKeys("not-recognized"), ["error", "errorCode"]);
    for (const name of CAPTURES) assert.deepEqual(errorKeys(name), [], name);
  });

  it("shows one transactionId on two different bodies, lenses and mask", () => {
    assert.equal(golden("lenses")["transactionId"], golden("mask")["transactionId"]);
    assert.notDeepEqual(golden("lenses"), golden("mask"));
  });

  it("shows one customerId in 4003 and 4004, and no transactionId to tell two attempts apart", () => {
    assert.equal(golden("blocklisted")["customerId"], golden("unknown-customer")["customerId"]);
    assert.equal("transactionId" in golden("blocklisted"), false);
    assert.equal("transactionId" in golden("unknown-customer"), false);
  });

  it("keeps the r in the success transactionId: ids are opaque, not hex", () => {
    assert.equal(golden("passed")["transactionId"], "549994d9r3474bfcbbbdc5a5");
  });

  it("keeps spoofConfidence as the integer 1, and prints it as 1.0", () => {
    assert.match(goldenText("spoof"), /"spoofConfidence": 1,\n/);
    assert.equal(golden("spoof")["errorMessage"], "Spoof attempt detected. Spoof confidence 1.0");
  });

  it("ends the 4004 message with the full stop of the sample, not as the table", () => {
    assert.equal(golden("unknown-customer")["errorMessage"], "Can't find customer by any criteria.");
  });

  it("has no time, type, version or event id in any body", () => {
    const keys = new Set(GOLDEN_NAMES.flatMap((name) => Object.keys(golden(name))));
    for (const key of ["timestamp", "createdAt", "type", "version", "id", "eventId"]) {
      assert.equal(keys.has(key), false, key);
    }
  });

  it("declines a hat with both flags false: the page names hats and shows no key", () => {
    assert.equal(golden("head-cover")["hasFaceMask"], false);
    assert.equal(golden("head-cover")["hasLenses"], false);
    assert.equal(golden("head-cover")["overallStatus"], "FAIL");
  });

  it("shows no score outside of a PASS", () => {
    for (const name of GOLDEN_NAMES) {
      const body = golden(name);
      if (body["overallStatus"] === "PASS") continue;
      assert.equal(body["overallScore"], 0, name);
      assert.match(JSON.stringify(body["recognitionConfidence"]), /^\{("confidence":0,"candidates":\[\])?\}$/, name);
    }
  });
});
