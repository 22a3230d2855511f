import { readFileSync } from "node:fs";
import { ROOT } from "./root.ts";

/** Where recorded runs lie, from the root. */
export const EVIDENCE_FILE = "docs/evidence.json";

/** One run as it was recorded. */
export interface RecordedRun {
  /** What it shows; a later run of the same name takes its place. */
  readonly name: string;
  /** What anyone can run to have it again. */
  readonly command: string;
  readonly commit: string;
  /** YYYY-MM-DD */
  readonly date: string;
  readonly machine: string;
  /** Runnable processes at its end, a minute's mean: more than cores means that others worked on the machine, too. */
  readonly load: number;
  readonly figures: readonly string[];
}

export function readEvidence(): readonly RecordedRun[] {
  return JSON.parse(readFileSync(ROOT + EVIDENCE_FILE, "utf8")) as readonly RecordedRun[];
}
