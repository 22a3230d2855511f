import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Inspection } from "@sameface/engine";
import { groupsOf } from "./make-report.ts";
import type { LabelledPicture } from "./read-labels.ts";
import { spoofFigures } from "./spoof.ts";

const picture = (path: string, label: string): LabelledPicture => ({
  path,
  task: "spoof",
  label,
  identity: "",
  session: "",
  source: "lab",
  group: "",
});

/** Only problems and liveness are read. */
function judged(live: number): Inspection {
  return { problems: [], liveness: { value: { live } } } as unknown as Inspection;
}

describe("spoofFigures", () => {
  it("counts each species apart, so that the worst one shows, and names those that nobody presented", () => {
    const pictures = [
      picture("a", "live"),
      picture("b", "print"),
      picture("c", "print"),
      picture("d", "3-D mask"),
      picture("e", "3-D mask"),
    ];
    const inspections = new Map(
      pictures.map(({ path, label }) => [path, judged(label === "print" || path === "e" ? 0.1 : 0.9)] as const),
    );
    const { apcer, bpcer, notTested, species } = spoofFigures(pictures, { inspections, threshold: 0.5 });
    assert.deepEqual(apcer, { "3-D mask": 0.5, print: 0 });
    assert.equal(bpcer, 0);
    assert.deepEqual(species["print"], { presented: 2, judged: 2, accepted: 0, noReply: {}, tooFew: true });
    assert.deepEqual(notTested.toSorted(), [
      "face swap",
      "injection",
      "morph",
      "paper mask",
      "partial covering",
      "phone replay",
      "print with eye holes",
      "tablet or monitor replay",
    ]);
  });
});

describe("groupsOf", () => {
  it("says which labels are missing where no group is named, in place of rows", () => {
    const report = {} as unknown as Parameters<typeof groupsOf>[1];
    const { rows, notTested } = groupsOf([picture("a", "live")], report);
    assert.deepEqual(rows, []);
    assert.match(String(notTested), /no column `group`/);
  });
});
