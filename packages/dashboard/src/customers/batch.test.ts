import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chunksOf, customerIdOf, readResults, tallyOf } from "./batch.ts";

const result = (line: number, kind: "created" | "refused") => ({
  line,
  customerId: "anna",
  result: kind,
  interviewId: null,
  code: null,
  detail: null,
});

describe("a batch", () => {
  it("reads the customer's id out of a picture's name, and none out of what can't be one", () => {
    assert.deepEqual(
      ["anna.jpg", "anna_2.jpeg", "anna", "an na.jpg", "änna.png", ".jpg", `${"a".repeat(65)}.png`].map(customerIdOf),
      ["anna", "anna_2", "anna", null, null, null, null],
    );
  });

  it("is sent in requests of few lines, each below what the server takes", () => {
    assert.deepEqual(chunksOf([]), []);
    assert.deepEqual(chunksOf(Array.from({ length: 12 }, () => 1)), [
      [0, 5],
      [5, 10],
      [10, 12],
    ]);
    assert.deepEqual(chunksOf([20_000_000, 5_000_000, 1]), [
      [0, 1],
      [1, 3],
    ]);
  });

  it("counts the lines of all requests through, and what they came to", () => {
    const text = `${JSON.stringify(result(1, "created"))}\n${JSON.stringify(result(2, "refused"))}\n`;
    const results = readResults(text, 10);
    assert.deepEqual(
      results.map(({ line }) => line),
      [11, 12],
    );
    assert.deepEqual(tallyOf(results), { created: 1, replaced: 0, unchanged: 0, refused: 1 });
  });
});
