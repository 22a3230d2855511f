import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { ROOT } from "./root.ts";

/** Files of the tree that git has or would take, by path from the root: what is ignored or deleted is not there. */
export function ourFiles(...patterns: readonly string[]): string[] {
  const list = execFileSync("git", ["ls-files", "-co", "--exclude-standard", ...patterns], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return [...new Set(list.split("\n"))].filter((path) => path !== "" && existsSync(ROOT + path)).sort();
}
