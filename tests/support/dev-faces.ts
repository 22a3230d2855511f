import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** Test data beside the repository; never copied into it. */
export const TEST_DATA = process.env["SAMEFACE_TEST_DATA"] ?? path.resolve(import.meta.dirname, "../../../shared/data");

/** One row of `labels.csv`. */
export interface DevFace {
  readonly path: string;
  readonly task: string;
  readonly label: string;
  readonly identity: string;
  readonly session: string;
  readonly source: string;
}

/** Whether the pictures are at hand. With `CI=true` their absence is a failure. */
export function hasDevFaces(): boolean {
  const there = existsSync(path.join(TEST_DATA, "faces/labels.csv"));
  if (!there && process.env["CI"] === "true") throw new Error(`faces/labels.csv is missing under ${TEST_DATA}`);
  return there;
}

/** The rows of a task. */
export function devFaces(task: string): readonly DevFace[] {
  const [, ...lines] = readFileSync(path.join(TEST_DATA, "faces/labels.csv"), "utf8").trim().split("\n");
  return lines
    .map((line) => line.split(","))
    .map(([file = "", t = "", label = "", identity = "", session = "", source = ""]) => ({
      path: path.join(TEST_DATA, "faces", file),
      task: t,
      label,
      identity,
      session,
      source,
    }))
    .filter((face) => face.task === task);
}

/** Base64 of a file, as the API takes it. */
export function pictureOf(file: string): string {
  return readFileSync(file).toString("base64");
}
