import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Inspection } from "@sameface/engine";
import { checkFigures, checkModel } from "./attributes.ts";
import type { LabelledPicture } from "./read-labels.ts";

const picture = (path: string, label: string): LabelledPicture => ({
  path,
  task: "mask",
  label,
  identity: "",
  session: "",
  source: "",
  group: "",
});

/** Only the checks are read. */
function seen(mask: boolean | string): Inspection {
  const measured =
    typeof mask === "string"
      ? { unavailable: mask }
      : { value: { probability: mask ? 1 : 0, present: mask }, model: "m" };
  return { checks: { mask: measured } } as unknown as Inspection;
}

describe("checkFigures", () => {
  it("gives rates of the pictures with an answer, and counts those without by the reason", () => {
    const pictures = ["a", "b", "c", "d"].map((path) => picture(path, "mask"));
    const bare = ["e", "f"].map((path) => picture(path, "none"));
    const inspections = new Map([
      ["a", seen(true)],
      ["b", seen(false)],
      ["c", seen("no_face")],
      ["d", seen("no_face")],
      ["e", seen(true)],
      ["f", seen("too_small")],
    ]);
    assert.deepEqual(checkFigures([...pictures, ...bare], { inspections, check: "mask" }), {
      tpr: 0.5,
      fpr: 1,
      positives: 4,
      negatives: 2,
      notMeasured: { positives: { no_face: 2 }, negatives: { too_small: 1 } },
    });
    assert.equal(checkModel(inspections, "mask"), "m");
  });

  it("gives no rate where nothing was measured, rather than 0", () => {
    const inspections = new Map([["a", seen("notEvaluated")]]);
    const { tpr, fpr, notMeasured } = checkFigures([picture("a", "mask")], { inspections, check: "mask" });
    assert.deepEqual([tpr, fpr, notMeasured.positives], [null, null, { notEvaluated: 1 }]);
    assert.equal(checkModel(inspections, "mask"), null);
  });
});
