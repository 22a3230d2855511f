import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const REPOSITORY = path.resolve(import.meta.dirname, "../..");

/** The sources of an earlier commit, ready to run on what is installed here. */
export interface EarlierVersion extends Disposable {
  readonly root: string;
}

/** Whether the history reaches back to the commit; a shallow clone's is fetched, where it can be. */
export function hasCommit(commit: string): boolean {
  const git = (...args: readonly string[]): string =>
    execFileSync("git", args, { cwd: REPOSITORY, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  const isThere = (): boolean => git("cat-file", "-t", commit) === "commit";
  try {
    return isThere();
  } catch {
    try {
      if (git("rev-parse", "--is-shallow-repository") !== "true") return false;
      git("fetch", "--quiet", "--unshallow");
      return isThere();
    } catch {
      return false;
    }
  }
}

/** The packages of the commit refer to each other; what they need of others is that of this checkout. */
export function checkOutEarlier(commit: string): EarlierVersion {
  const root = mkdtempSync(path.join(tmpdir(), "sameface-earlier-"));
  const archive = execFileSync("git", ["archive", commit, "package.json", "packages"], {
    cwd: REPOSITORY,
    maxBuffer: 1 << 28,
  });
  execFileSync("tar", ["-x", "-C", root], { input: archive });
  linkModules(root);
  const models = "packages/engine/models";
  for (const file of readdirSync(path.join(REPOSITORY, models))) {
    if (file.endsWith(".onnx")) cpSync(path.join(REPOSITORY, models, file), path.join(root, models, file));
  }
  return {
    root,
    [Symbol.dispose]: () => {
      rmSync(root, { recursive: true });
    },
  };
}

function linkModules(root: string): void {
  const installed = path.join(REPOSITORY, "node_modules");
  const own = path.join(root, "node_modules");
  mkdirSync(path.join(own, "@sameface"), { recursive: true });
  for (const name of readdirSync(installed)) {
    if (name !== "@sameface") symlinkSync(path.join(installed, name), path.join(own, name));
  }
  for (const name of readdirSync(path.join(root, "packages"))) {
    symlinkSync(path.join(root, "packages", name), path.join(own, "@sameface", name));
  }
}
