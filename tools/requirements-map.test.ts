import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addTest, judgeMap, type RequirementsMap, rowIds } from "./requirements-map.ts";

const PLANNED: RequirementsMap = Object.fromEntries(rowIds().map((id) => [id, "planned: another day"]));
const FILE = "tests/a.test.ts";
const testsOf = (path: string): { title: string; marked: boolean }[] | null =>
  path === FILE
    ? [...["one", "two", "two"].map((title) => ({ title, marked: false })), { title: "off", marked: true }]
    : null;

describe("judgeMap", () => {
  it("knows the 140 rows and is content when all are planned or proven", () => {
    assert.equal(rowIds().length, 140);
    assert.deepEqual(judgeMap({ ...PLANNED, F28: [`${FILE} › one`] }, testsOf), []);
  });

  it("names a row without key, a key without row, an empty reason and an empty list", () => {
    const rest = Object.fromEntries(Object.entries(PLANNED).filter(([row]) => row !== "F1"));
    const complaints = judgeMap({ ...rest, Z1: "planned: x", B2: "planned: ", B3: [] }, testsOf);
    assert.deepEqual(
      complaints.map((line) => line.split(":")[0]),
      ["F1", "Z1", "B2", "B3"],
    );
  });

  for (const id of [`${FILE} › three`, "tests/b.test.ts › one", `${FILE} › off`, `${FILE} › two`, "one", "sim:F1"]) {
    it(`refuses a test that does not run or is not one: ${id}`, () => {
      assert.equal(judgeMap({ ...PLANNED, F1: [id] }, testsOf).length, 1);
    });
  }

  it("refuses a test that is to prove seven rows", () => {
    const rows = Object.fromEntries(["F1", "F2", "F3", "F4", "F5", "F6"].map((id) => [id, [`${FILE} › one`]]));
    assert.deepEqual(judgeMap({ ...PLANNED, ...rows }, testsOf), []);
    assert.equal(judgeMap({ ...PLANNED, ...rows, F7: [`${FILE} › one`] }, testsOf).length, 1);
  });
});

describe("addTest", () => {
  it("takes the plan away, keeps what was there, adds nothing twice, and keeps the order of the rows", () => {
    const once = addTest(PLANNED, "F28", `${FILE} › one`);
    const twice = addTest(addTest(once, "F28", `${FILE} › one`), "F28", "sim:F28");
    assert.deepEqual(twice["F28"], [`${FILE} › one`, "sim:F28"]);
    assert.deepEqual(Object.keys(twice), rowIds());
  });
});
