import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { EXIT } from "../exit-codes.ts";
import { runProgram } from "../program.ts";
import { keptTerminal } from "../terminal.fixture.ts";
import { readLabels } from "./read-labels.ts";

const HEAD = "path,task,label,identity,session,source,note";

describe("readLabels", () => {
  const folder = mkdtempSync(join(tmpdir(), "sameface-labels-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const write = (...lines: readonly string[]): void => {
    writeFileSync(join(folder, "labels.csv"), lines.join("\r\n"));
  };

  it("reads columns by their name, quoted cells, and an optional group", async () => {
    write(
      "group,note,path,task,label,identity,session,source",
      'g,"a, ""b""",x/1.jpg,spoof,live,anna,01,"cam, front"',
      "",
    );
    assert.deepEqual(await readLabels(folder), [
      {
        path: "x/1.jpg",
        task: "spoof",
        label: "live",
        identity: "anna",
        session: "01",
        source: "cam, front",
        group: "g",
      },
    ]);
  });

  it("refuses, and names, a missing column, an unknown task, no picture, and a path that leaves the folder", async () => {
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [["path,task"], /lacks the column "label"/],
      [[HEAD, "1.jpg,faces,,,,,"], /labels\.csv:2 has the task "faces"/],
      [[HEAD], /names no picture/],
      [[HEAD, "../1.jpg,pairs,,,,,"], /labels\.csv:2 names no path inside/],
      [[HEAD, "/etc/1.jpg,pairs,,,,,"], /labels\.csv:2 names no path inside/],
    ];
    for (const [lines, message] of wrong) {
      write(...lines);
      await assert.rejects(readLabels(folder), { code: "usage", message });
    }
  });

  it("ends evaluate with 2 and the missing folder or file named, before any model is loaded", async () => {
    const terminal = keptTerminal();
    assert.equal(await runProgram(terminal, ["evaluate", join(folder, "nowhere")]), EXIT.usage);
    rmSync(join(folder, "labels.csv"));
    assert.equal(await runProgram(terminal, ["evaluate", folder]), EXIT.usage);
    assert.match(terminal.errors.join("\n"), /nowhere is no folder[\s\S]*labels\.csv cannot be read/);
  });
});
