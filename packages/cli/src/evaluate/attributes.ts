import type { CheckName, Inspection } from "@sameface/engine";
import type { LabelledPicture, Task } from "./read-labels.ts";

/** How often one check saw what was there, and what was not: rates are of the pictures on which it gave an answer. */
export interface CheckFigures {
  /** `null`: no such picture, or the engine has no model for the check. */
  readonly tpr: number | null;
  readonly fpr: number | null;
  readonly positives: number;
  readonly negatives: number;
  /** Failures to acquire, counted apart from misses: no answer was given, for the reason that is named. */
  readonly notMeasured: { readonly positives: Reasons; readonly negatives: Reasons };
}

type Reasons = Readonly<Record<string, number>>;

/** Each check, the task that labels it, and the label of the thing. */
export const CHECK_TASKS = [
  { check: "mask", task: "mask" },
  { check: "lenses", task: "glasses" },
  { check: "headCover", task: "hat" },
] as const satisfies readonly { readonly check: CheckName; readonly task: Task }[];

type Inspections = ReadonlyMap<string, Inspection>;
type Seen = Inspection["checks"][CheckName];

/** One check over pictures of its task: label `none`, or the thing. */
export function checkFigures(
  pictures: readonly LabelledPicture[],
  { inspections, check }: { readonly inspections: Inspections; readonly check: CheckName },
): CheckFigures {
  const seen = (wanted: boolean): readonly Seen[] =>
    pictures
      .filter(({ label }) => (label !== "none") === wanted)
      .flatMap(({ path }) => inspections.get(path)?.checks[check] ?? []);
  const [positives, negatives] = [seen(true), seen(false)];
  return {
    tpr: presentShare(positives),
    fpr: presentShare(negatives),
    positives: positives.length,
    negatives: negatives.length,
    notMeasured: { positives: reasons(positives), negatives: reasons(negatives) },
  };
}

/** What made a check's measurements: the same in every picture; `null` where it measured none. */
export function checkModel(inspections: Inspections, check: CheckName): string | null {
  const measured = [...inspections.values()].map(({ checks }) => checks[check]).find((one) => "value" in one);
  return measured !== undefined && "value" in measured ? measured.model : null;
}

function presentShare(seen: readonly Seen[]): number | null {
  const known = seen.flatMap((one) => ("value" in one ? one.value.present : []));
  return known.length === 0 ? null : known.filter(Boolean).length / known.length;
}

function reasons(seen: readonly Seen[]): Reasons {
  const found = seen.flatMap((one) => ("value" in one ? [] : one.unavailable)).toSorted();
  return Object.fromEntries(
    [...new Set(found)].map((reason) => [reason, found.filter((one) => one === reason).length]),
  );
}

/** How many pictures gave no answer, whatever the reason. */
export function total(counted: Reasons): number {
  return Object.values(counted).reduce((sum, count) => sum + count, 0);
}
