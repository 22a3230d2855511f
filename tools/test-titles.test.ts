import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { testTitles } from "./test-titles.ts";

describe("testTitles", () => {
  it("lists titles of any nesting and quoting, and leaves out those that a loop makes", () => {
    const text = `
      describe("a suite", () => {
        it("says \\"one\\"", () => {});
        it(\`says two\`, async () => {});
        for (const n of [1, 2]) it(\`says \${n}\`, () => {});
        test("says three", async (t) => { await t.test("says four", () => {}); });
      });
      other("says nothing", () => {});`;
    const titles = ['says "one"', "says two", "says three", "says four"];
    assert.deepEqual(
      testTitles(text),
      titles.map((title) => ({ title, marked: false })),
    );
  });

  it("marks what cannot run as it stands, the tests of a marked suite too, but not what depends on the machine", () => {
    const text = `
      it.skip("a", () => {}); it("b", { skip: true }, () => {}); it("c", { todo: "later" }, () => {});
      describe.skip("s", () => { it("d", () => {}); }); it("e", { skip: absent }, () => {}); it.only("f", () => {});`;
    const marked = testTitles(text).filter((test) => test.marked);
    assert.deepEqual(
      marked.map((test) => test.title),
      ["a", "b", "c", "d", "f"],
    );
  });
});
