import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { failureWords } from "./failure-words.ts";

describe("failureWords", () => {
  it("are the server's own, or say that there was no answer", () => {
    assert.equal(failureWords({ detail: "Taken." }), "Taken.");
    assert.equal(failureWords(null), "The server can't be reached.");
  });
});
