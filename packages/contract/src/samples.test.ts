import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { classify } from "./classify.ts";
import { golden } from "./golden.fixture.ts";
import { isSampleName, SAMPLES, sample } from "./samples.ts";
import { parseStrictJson } from "./strict-json.ts";

/** interface.md, "Samples for test and trigger". */
const PROMISED =
  "passed, unknown-customer, blocklisted, spoof, not-recognized, lenses, mask, head-cover, face-not-found, unpredicted, unknown-code";

const NAMES = Object.keys(SAMPLES).filter(isSampleName);

describe("samples", () => {
  it("has the promised names in their order", () => {
    assert.equal(NAMES.join(", "), PROMISED);
  });

  it("sends the golden body of its name, which reads as the outcome it stands for", () => {
    for (const name of NAMES) {
      const { body, outcome } = sample(name);
      const parsed = parseStrictJson(body);
      assert.ok(parsed.ok);
      assert.equal(JSON.stringify(parsed.value), JSON.stringify(golden(name)), name);
      assert.equal(classify(parsed.value).kind, outcome, name);
    }
  });

  it("knows no sample of another name", () => {
    for (const name of ["", "passed-with-lenses", "toString", "__proto__"])
      assert.equal(isSampleName(name), false, name);
  });
});
