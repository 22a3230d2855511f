import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Advisory, judgeAudit } from "./judge-audit.ts";

const ADVISORY: Advisory = {
  name: "a",
  title: "reads too much",
  severity: "low",
  url: "https://advisories.example/GHSA-aaaa-bbbb-cccc",
};
const FOUND = { a: { via: [ADVISORY] }, b: { via: ["a"] } };
const EXCEPTION = { advisory: "GHSA-aaaa-bbbb-cccc", package: "a", reason: "is never called", until: "2027-01-31" };

describe("judgeAudit", () => {
  it("refuses an advisory of any severity once, however many packages bring it", () => {
    assert.deepEqual(judgeAudit(FOUND, [], "2027-01-01"), [
      "a: low: reads too much (https://advisories.example/GHSA-aaaa-bbbb-cccc)",
    ]);
    assert.deepEqual(judgeAudit({}, [], "2027-01-01"), []);
  });

  it("lets an exception stand up to its day and not one longer", () => {
    assert.deepEqual(judgeAudit(FOUND, [EXCEPTION], "2027-01-31"), []);
    assert.match(judgeAudit(FOUND, [EXCEPTION], "2027-02-01").join(), /ended on 2027-01-31/);
    assert.match(judgeAudit(FOUND, [{ ...EXCEPTION, until: "" }], "2027-01-01").join(), /ended on/);
  });

  it("refuses an exception of another package or advisory, and one that matches nothing any more", () => {
    assert.equal(judgeAudit(FOUND, [{ ...EXCEPTION, package: "b" }], "2027-01-01").length, 2);
    assert.equal(judgeAudit(FOUND, [{ ...EXCEPTION, advisory: "GHSA-x" }], "2027-01-01").length, 2);
    assert.match(judgeAudit({}, [EXCEPTION], "2027-01-01").join(), /take the exception out/);
  });
});
