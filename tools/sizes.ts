// Style §4: no hand-written file over 400 lines; the spread is printed, since a median tells more than a limit.
import { readFileSync } from "node:fs";
import { ourFiles } from "./files.ts";
import { ROOT } from "./root.ts";

const LIMIT = 400;

const sizes = ourFiles("*.ts", "*.tsx", "*.js")
  .filter((path) => !path.endsWith(".gen.ts"))
  .map((path) => ({
    path,
    lines: readFileSync(ROOT + path, "utf8")
      .trimEnd()
      .split("\n").length,
  }))
  .sort((a, b) => a.lines - b.lines);
const at = (share: number): number => sizes[Math.floor((sizes.length - 1) * share)]?.lines ?? 0;
const over = sizes.filter((file) => file.lines > LIMIT);

for (const file of over)
  process.stdout.write(`${file.path}: ${file.lines} lines, at most ${LIMIT}: is there a second noun inside?\n`);
process.stdout.write(
  `${sizes.length} files, lines: median ${at(0.5)} (aim 80), p90 ${at(0.9)} (aim 250), most ${at(1)}\n`,
);
process.exitCode = over.length === 0 ? 0 : 1;
