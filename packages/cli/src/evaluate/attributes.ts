import type { CheckName, Inspection } from "@sameface/engine";
import type { LabelledPicture, Task } from "./read-labels.ts";

/** How often one check saw what was there, and what was not. */
export interface CheckFigures {
  /** `null`: no such picture, or the engine has no model for the check. */
  readonly tpr: number | null;
  readonly fpr: number | null;
  readonly positives: number;
  readonly negatives: number;
  /** No face was found, or the check gave no answer. */
  readonly notMeasured: { readonly positives: number; readonly negatives: number };
}

/** Each check, the task that labels it, and the label of the thing. */
export const CHECK_TASKS = [
  { check: "mask", task: "mask" },
  { check: "lenses", task: "glasses" },
  { check: "headCover", task: "hat" },
] as const satisfies readonly { readonly check: CheckName; readonly task: Task }[];

/** One check over pictures of its task: label `none`, or the thing. */
export function checkFigures(
  pictures: readonly LabelledPicture[],
  { inspections, check }: { readonly inspections: ReadonlyMap<string, Inspection>; readonly check: CheckName },
): CheckFigures {
  const seen = (wanted: boolean) =>
    pictures
      .filter(({ label }) => (label !== "none") === wanted)
      .map(({ path }) => inspections.get(path)?.checks[check])
      .map((measured) => (measured !== undefined && "value" in measured ? measured.value.present : null));
  const [positives, negatives] = [seen(true), seen(false)];
  return {
    tpr: presentShare(positives),
    fpr: presentShare(negatives),
    positives: positives.length,
    negatives: negatives.length,
    notMeasured: { positives: unknown(positives), negatives: unknown(negatives) },
  };
}

function presentShare(seen: readonly (boolean | null)[]): number | null {
  const known = seen.filter((one) => one !== null);
  return known.length === 0 ? null : known.filter(Boolean).length / known.length;
}

function unknown(seen: readonly (boolean | null)[]): number {
  return seen.filter((one) => one === null).length;
}
