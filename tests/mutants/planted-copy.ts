import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Edit } from "./mutant.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A copy of the repository in which defects are planted; its packages refer to each other, not to the originals. */
export interface PlantedCopy extends Disposable {
  readonly root: string;
  /** Plants a defect; answers the way to take it out again. @throws where a text does not stand there exactly once */
  plant(edits: readonly Edit[]): () => void;
}

export function makePlantedCopy(): PlantedCopy {
  const root = mkdtempSync(path.join(tmpdir(), "sameface-mutants-"));
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: ROOT });
  for (const file of files.toString("utf8").split("\0")) {
    if (file !== "") cpSync(path.join(ROOT, file), path.join(root, file));
  }
  linkModules(root);
  linkModels(root);
  return {
    root,
    plant: (edits) => {
      const before = new Map(edits.map(({ file }) => [file, readFileSync(path.join(root, file), "utf8")]));
      for (const edit of edits) replaceOnce(path.join(root, edit.file), edit);
      return () => {
        for (const [file, text] of before) writeFileSync(path.join(root, file), text);
      };
    },
    [Symbol.dispose]: () => {
      rmSync(root, { recursive: true });
    },
  };
}

function replaceOnce(file: string, { from, to }: Edit): void {
  const parts = readFileSync(file, "utf8").split(from);
  if (parts.length !== 2) throw new Error(`${file} holds ${parts.length - 1} times what was to be replaced: ${from}`);
  writeFileSync(file, parts.join(to));
}

/** Models are no part of the repository: they come with an installation. */
function linkModels(root: string): void {
  const folder = "packages/engine/models";
  for (const name of readdirSync(path.join(ROOT, folder))) {
    if (name.endsWith(".onnx")) symlinkSync(path.join(ROOT, folder, name), path.join(root, folder, name));
  }
}

/** What is installed is shared, but for the workspaces themselves. */
function linkModules(root: string): void {
  const installed = path.join(ROOT, "node_modules");
  const own = path.join(root, "node_modules");
  mkdirSync(path.join(own, "@sameface"), { recursive: true });
  for (const name of readdirSync(installed)) {
    if (name !== "@sameface") symlinkSync(path.join(installed, name), path.join(own, name));
  }
  for (const name of readdirSync(path.join(installed, "@sameface"))) {
    symlinkSync(path.join(root, "packages", name), path.join(own, "@sameface", name));
  }
}
