import { readFileSync, writeFileSync } from "node:fs";
import { ROOT } from "./root.ts";

/**
 * Writes a generated file, or with `--check` only compares it.
 * @param path from the root
 * @returns whether the file on disk is now the generated one; a stale one is named on stderr
 */
export function settleGenerated(path: string, content: string): boolean {
  if (!process.argv.includes("--check")) {
    writeFileSync(ROOT + path, content);
    return true;
  }
  if (readIfThere(ROOT + path) === content) return true;
  console.error(`${path} is stale: node --conditions=@sameface/source ${relativeSelf()}`);
  return false;
}

function relativeSelf(): string {
  return (process.argv[1] ?? "").replace(ROOT, "");
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null; // missing is as stale as different
  }
}
