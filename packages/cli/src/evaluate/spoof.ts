import type { Inspection } from "@sameface/engine";
import type { LabelledPicture } from "./read-labels.ts";

/** What became of the presentations of one kind. */
export interface Presentations {
  readonly presented: number;
  /** The engine gave a verdict: none of its gates turned the picture away. */
  readonly judged: number;
  /** Judged and called live. */
  readonly accepted: number;
  /** Turned away by a gate before any verdict, by the gate. */
  readonly noReply: Readonly<Record<string, number>>;
  readonly tooFew: boolean;
}

/** Attack species without a picture are listed by these names. @see reliability.md §8 */
const SPECIES = [
  "print",
  "print with eye holes",
  "phone replay",
  "tablet or monitor replay",
  "paper mask",
  "3-D mask",
  "face swap",
  "morph",
  "partial covering",
  "injection",
] as const;

// Two attack files support no statement on their species.
const FEW = 20;

/** Live and attack presentations, each species apart; a label that begins with "live" is bona fide. */
export function spoofFigures(
  pictures: readonly LabelledPicture[],
  { inspections, threshold }: { readonly inspections: ReadonlyMap<string, Inspection>; readonly threshold: number },
) {
  const rows = pictures.map(({ path, label, source }) => ({ label, source, inspection: inspections.get(path) }));
  const of = (wanted: (row: (typeof rows)[number]) => boolean): Presentations =>
    count(
      rows.filter(wanted).flatMap(({ inspection }) => inspection ?? []),
      threshold,
    );
  const isLive = ({ label }: { readonly label: string }): boolean => label.startsWith("live");
  const live = of(isLive);
  const labels = [...new Set(rows.filter((row) => !isLive(row)).map(({ label }) => label))].toSorted();
  const species = Object.fromEntries(labels.map((label) => [label, of((row) => row.label === label)]));
  const sources = [...new Set(rows.filter(isLive).map(({ source }) => source))].toSorted();
  return {
    threshold,
    apcer: Object.fromEntries(Object.entries(species).map(([label, seen]) => [label, seen.accepted / seen.presented])),
    bpcer: refusedShare(live),
    live,
    liveBySource: Object.fromEntries(sources.map((name) => [name, of((row) => isLive(row) && row.source === name)])),
    species,
    notTested: SPECIES.filter((name) => !labels.includes(name)),
  };
}

/** Bona fide pictures called attacks, of those that were judged. */
export function refusedShare({ judged, accepted }: Presentations): number | null {
  return judged === 0 ? null : (judged - accepted) / judged;
}

/** Presentations counted by what became of them. */
export function count(inspections: readonly Inspection[], threshold: number): Presentations {
  const noReply: Record<string, number> = {};
  let judged = 0;
  let accepted = 0;
  for (const { problems, liveness } of inspections) {
    const reason = problems[0] ?? ("value" in liveness ? null : "not measured");
    if (reason !== null) noReply[reason] = (noReply[reason] ?? 0) + 1;
    else if ("value" in liveness) {
      judged += 1;
      if (liveness.value.live >= threshold) accepted += 1;
    }
  }
  return { presented: inspections.length, judged, accepted, noReply, tooFew: inspections.length < FEW };
}
