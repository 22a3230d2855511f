import { compare, type Inspection, type Template } from "@sameface/engine";
import { bootstrap, type Interval, type Resampling } from "./bootstrap.ts";
import { type Curve, curveOf, type Pair, type PairSet, rankPairs, type Weights } from "./curve.ts";
import type { LabelledPicture } from "./read-labels.ts";

/** Error rates of one set at one threshold, with intervals over people. */
export interface SetFigures {
  readonly name: string;
  readonly people: number;
  readonly genuine: number;
  readonly impostors: number;
  readonly fnmr: number | null;
  readonly fmr: number | null;
  readonly intervals: { readonly fnmr: Interval; readonly fmr: Interval };
}

interface Shot {
  readonly picture: LabelledPicture;
  readonly template: Template;
}

/**
 * Every pair once. Genuine: one identity, of different sessions where sessions are given (pictures of one session are
 * nearly equal); impostors: two identities of one source, since a source gives itself away.
 */
export function pairsOf(
  pictures: readonly LabelledPicture[],
  inspections: ReadonlyMap<string, Inspection>,
): PairSet & { readonly withoutTemplate: readonly string[] } {
  const shots: Shot[] = [];
  const withoutTemplate: string[] = [];
  for (const picture of pictures) {
    const template = inspections.get(picture.path)?.template;
    if (template !== undefined && "value" in template) shots.push({ picture, template: template.value });
    else withoutTemplate.push(picture.path);
  }
  const genuine: Pair[] = [];
  const impostors: Pair[] = [];
  shots.forEach((one, index) => {
    for (const other of shots.slice(index + 1)) {
      const kind = kindOf(one.picture, other.picture);
      if (kind === null) continue;
      const { similarity } = compare(one.template, other.template);
      const pair = { similarity, first: one.picture.identity, second: other.picture.identity };
      (kind === "genuine" ? genuine : impostors).push(pair);
    }
  });
  return { ...rankPairs({ genuine, impostors }), withoutTemplate };
}

function kindOf(a: LabelledPicture, b: LabelledPicture): "genuine" | "impostors" | null {
  if (a.identity === "" || b.identity === "") return null;
  if (a.identity !== b.identity) return a.source === b.source ? "impostors" : null;
  return a.session !== "" && a.session === b.session ? null : "genuine";
}

/** Everyone who stands in a pair. */
export function peopleOf({ genuine, impostors }: PairSet): readonly string[] {
  return [...new Set([...genuine, ...impostors].flatMap(({ first, second }) => [first, second]))].toSorted();
}

/** One set's rates at each threshold. */
export function figuresAt(
  thresholds: readonly number[],
  { name, pairs, resampling }: { readonly name: string; readonly pairs: PairSet; readonly resampling: Resampling },
): readonly (SetFigures & { readonly threshold: number })[] {
  const people = peopleOf(pairs);
  const rates = (curve: Curve) =>
    Object.fromEntries(
      thresholds.flatMap((threshold) => [
        [`fnmr ${threshold}`, curve.fnmrAt(threshold)],
        [`fmr ${threshold}`, curve.fmrAt(threshold)],
      ]),
    );
  const curve = curveOf(pairs);
  // One draw of people serves every threshold.
  const intervals = bootstrap(people, { ...resampling, rates: (weights) => rates(curveOf(pairs, weights)) });
  return thresholds.map((threshold) => ({
    threshold,
    name,
    people: people.length,
    genuine: pairs.genuine.length,
    impostors: pairs.impostors.length,
    fnmr: curve.fnmrAt(threshold),
    fmr: curve.fmrAt(threshold),
    intervals: {
      fnmr: intervals[`fnmr ${threshold}`] ?? null,
      fmr: intervals[`fmr ${threshold}`] ?? null,
    },
  }));
}

/**
 * Impostor pairs from which a rate is printed. 1e-4 needs 30,000, the rule of three: with none wrong, that many bound
 * the rate at 95 %. 1e-3 is printed from 1,000, since its target is stated on 2,408 (engine.md §11), and marked under
 * the 3,000 of that rule.
 */
export const FAR_POINTS = [
  { far: 0.01, key: "0.01", minPairs: 300 },
  { far: 0.001, key: "0.001", minPairs: 1000 },
  { far: 0.0001, key: "0.0001", minPairs: 30_000 },
  { far: 0.00001, key: "0.00001", minPairs: 300_000 },
] as const;

/** What holds for all pairs together: equal error rate and true accepts by false accepts. */
export function overallFigures(pairs: PairSet, resampling: Resampling) {
  const rates = (weights?: Weights) => {
    const curve = curveOf(pairs, weights);
    const at = (point: (typeof FAR_POINTS)[number]): number | null =>
      pairs.impostors.length < point.minPairs ? null : curve.tarAtFar(point.far);
    return {
      eer: pairs.impostors.length === 0 ? null : curve.eer(),
      "0.01": at(FAR_POINTS[0]),
      "0.001": at(FAR_POINTS[1]),
      "0.0001": at(FAR_POINTS[2]),
      "0.00001": at(FAR_POINTS[3]),
    };
  };
  const { eer, ...tarAtFar } = rates();
  const { eer: eerInterval, ...tarIntervals } = bootstrap(peopleOf(pairs), { ...resampling, rates });
  return { eer, tarAtFar, intervals: { eer: eerInterval, tarAtFar: tarIntervals } };
}
