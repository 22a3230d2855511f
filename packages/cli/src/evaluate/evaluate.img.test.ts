import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { EXIT } from "../exit-codes.ts";
import { runProgram } from "../program.ts";
import { keptTerminal } from "../terminal.fixture.ts";
import type { Report } from "./make-report.ts";

const ROOT = resolve(import.meta.dirname, "../../../..");
const FACES = resolve(ROOT, process.env["SAMEFACE_TEST_DATA"] ?? "../shared/data", "faces");
const STORED = join(ROOT, "docs/evaluation.json");

/** Why the pictures are not evaluated; `false` when they are there. */
function missingFaces(): string | false {
  if (existsSync(join(FACES, "labels.csv"))) return false;
  if (process.env["CI"] === "true") throw new Error(`CI needs the development pictures: ${FACES} is missing`);
  console.log("skipped: faces missing, 488 cases");
  return "faces missing, 488 cases";
}

describe("sameface evaluate on the development pictures", { skip: missingFaces() }, () => {
  const out = mkdtempSync(join(tmpdir(), "sameface-evaluation-"));
  let report: Report;
  let errors: string;
  before(async () => {
    const terminal = keptTerminal();
    const code = await runProgram(terminal, ["evaluate", FACES, "--json", "--out", out, "--check", STORED]);
    errors = terminal.errors.join("\n");
    assert.equal(code, EXIT.done, errors);
    assert.equal(terminal.lines.length, 1, "more than the one JSON object on standard output");
    // Our own report, printed by the command that makes it.
    report = JSON.parse(terminal.lines[0] ?? "") as Report;
  });
  after(() => {
    rmSync(out, { recursive: true });
  });

  it("reports the figures of the stored evaluation of the shipped threshold, by the same data and models", () => {
    assert.match(errors, /488 of 488 pictures/);
    assert.equal(report.threshold, 0.55);
    assert.equal(report.data.images, 488);
    const { eer, fnmrAtThreshold, hardImpostors, tarAtFar, genuine, impostor } = report.matching;
    assert.deepEqual([genuine, impostor, hardImpostors.pairs], [377, 2408, 22_256]);
    assert.ok((eer ?? 1) <= 0.01 && (fnmrAtThreshold ?? 1) <= 0.05 && (hardImpostors.fmrAtThreshold ?? 1) <= 0.006);
    assert.equal(tarAtFar["0.0001"], null, "1e-4 is not resolvable with 2,408 pairs");
  });

  it("counts what gives no template, and what the other gates turn away apart from what liveness has no room for", () => {
    const { fta, refusedByGates } = report.matching;
    const { low_margin: withoutRoom = 0, ...byOthers } = refusedByGates.reasons;
    const refused = Object.values(byOthers).reduce((sum, many) => sum + many, 0);
    assert.ok(
      fta === 0 && refused / 122 <= 0.04 && (refusedByGates.rate ?? 1) <= 0.041,
      JSON.stringify(refusedByGates),
    );
    assert.equal(refusedByGates.rate, (refused + withoutRoom) / 122);
  });

  it("gives each attack species a row of its own, names those not tested, and no worst one is accepted", () => {
    const { apcer, bpcer, species, notTested } = report.spoof;
    assert.deepEqual(Object.keys(species), ["print", "screen_or_print"]);
    assert.equal(Math.max(...Object.values(apcer)), 0);
    assert.equal(bpcer, 0);
    assert.equal(species["screen_or_print"]?.tooFew, true);
    assert.ok(notTested.includes("phone replay") && notTested.includes("injection"));
  });

  it("gives what each check found and its false alarms, and failures to acquire in a row of their own", () => {
    const { mask, lenses, headCover } = report.checks;
    console.log("checks", JSON.stringify({ mask, lenses, headCover }));
    assert.ok((mask?.tpr ?? 0) >= 0.97 && (mask?.onPairs?.fpr ?? 1) <= 0.02 && (mask?.fpr ?? 1) <= 0.1);
    assert.ok((lenses?.tpr ?? 0) >= 0.95 && (lenses?.fpr ?? 1) <= 0.03);
    assert.ok((headCover?.tpr ?? 0) >= 0.7 && (headCover?.fpr ?? 1) <= 0.05 && (headCover?.onPairs?.fpr ?? 1) <= 0.05);
    assert.deepEqual(mask?.notMeasured, { positives: { no_face: 11, too_small: 6 }, negatives: {} });
    assert.match(readFileSync(join(out, "index.html"), "utf8"), /mask: no answer<\/td><td>11 no_face, 6 too_small</);
  });

  it("says which labels are missing for figures per group", () => {
    assert.match(report.groups.notTested ?? "", /no column `group`/);
  });

  it("leaves JSON, DET as CSV and SVG, and a page that needs nothing else", () => {
    assert.deepEqual(JSON.parse(readFileSync(join(out, "report.json"), "utf8")), report);
    assert.match(readFileSync(join(out, "det.csv"), "utf8"), /^set,threshold,fmr,fnmr\n"all pairs of one source",/);
    const page = readFileSync(join(out, "index.html"), "utf8");
    assert.match(page, /<svg[\s\S]*worst set first|worst set first[\s\S]*<svg/);
    assert.doesNotMatch(page, /(src|href)=/);
  });

  it("names no picture and no person in any of its files", () => {
    for (const file of ["report.json", "det.csv", "index.html"]) {
      assert.doesNotMatch(readFileSync(join(out, file), "utf8"), /Ariel_Sharon|nuaa_0001|\.jpg/);
    }
  });
});

describe("sameface evaluate --check", () => {
  it("refuses a stored file that is none before it looks at any picture", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sameface-check-"));
    writeFileSync(join(folder, "labels.csv"), "path,task,label,identity,session,source,note\n1.jpg,pairs,,a,,s,\n");
    const terminal = keptTerminal();
    assert.equal(await runProgram(terminal, ["evaluate", folder, "--check", join(folder, "none.json")]), EXIT.usage);
    assert.match(terminal.errors.join(), /none\.json cannot be read/);
    rmSync(folder, { recursive: true });
  });
});
