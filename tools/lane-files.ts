import { globSync } from "node:fs";
import { matchesGlob } from "node:path";
import type { Lane } from "./lanes.ts";
import { ROOT } from "./root.ts";

/** Paths of a lane's test files from the root, in a stable order. */
export function laneFiles(lane: Lane): string[] {
  return globSync([...lane.files], { cwd: ROOT, exclude: ["**/node_modules"] })
    .filter((path) => !lane.except.some((pattern) => matchesGlob(path, pattern)))
    .sort();
}
