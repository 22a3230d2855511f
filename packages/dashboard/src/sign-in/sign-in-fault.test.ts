import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { signInFault } from "./sign-in-fault.ts";

describe("signInFault", () => {
  it("says something else for each cause", () => {
    assert.equal(new Set([0, 401, 403, 429].map(signInFault)).size, 4);
    assert.equal(signInFault(500), signInFault(0));
  });
});
