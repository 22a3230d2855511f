import { createHash } from "node:crypto";

/** A head's score on one labelled photograph. */
export interface Scored {
  readonly score: number;
  readonly worn: boolean;
  /** Who is on it; pictures of one person are never on both sides of a fold. */
  readonly person: string;
  /** Groups count alike in the threshold, however many photographs each has. */
  readonly group: string;
  /** Where it is from; figures are given for each. */
  readonly source: string;
}

/** Rates of one group, or of all; `null` where there is nothing to count. */
export interface Rates {
  readonly worn: number;
  readonly bare: number;
  readonly tpr: number | null;
  readonly fpr: number | null;
}

// A score counts as this uncertain: with some dozens of photographs the exact place of one of them means nothing.
const BLUR = 0.3;
const STEPS = 600;

/** The threshold at which the blurred shares of misses and of false alarms, summed over the groups, are least. */
export function chooseThreshold(list: readonly Scored[]): number {
  const scores = list.map(({ score }) => score);
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  const classes = [...new Set(list.map(classOf))].map((name) => list.filter((one) => classOf(one) === name));
  const cost = (threshold: number): number => classes.reduce((sum, part) => sum + wrongShare(part, threshold), 0);
  let best = { threshold: low, cost: Number.POSITIVE_INFINITY };
  for (let i = 0; i < STEPS; i += 1) {
    const threshold = low + ((high - low) * i) / (STEPS - 1);
    if (cost(threshold) < best.cost) best = { threshold, cost: cost(threshold) };
  }
  return best.threshold;
}

function classOf({ group, worn }: Scored): string {
  return `${group} ${worn ? "worn" : "bare"}`;
}

function wrongShare(list: readonly Scored[], threshold: number): number {
  const wrong = list.map(({ score, worn }) => 1 / (1 + Math.exp(((score - threshold) * (worn ? 1 : -1)) / BLUR)));
  return wrong.reduce((sum, share) => sum + share, 0) / list.length;
}

const FOLDS = 5;

/** Out-of-fold rates: of each fifth of the people by the threshold that the other four fifths chose; for all and for every source. */
export function foldFigures(list: readonly Scored[]): ReadonlyMap<string, Rates> {
  const judged = list.map((one) => ({ ...one, fold: foldOf(one.person) }));
  const flagged = new Set<Scored>();
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const threshold = chooseThreshold(judged.filter((one) => one.fold !== fold));
    for (const one of judged) if (one.fold === fold && one.score >= threshold) flagged.add(one);
  }
  const sources = [...new Set(judged.map(({ source }) => source))].sort();
  return new Map([
    ["all", ratesOf(judged, flagged)],
    ...sources.map(
      (source) =>
        [
          source,
          ratesOf(
            judged.filter((one) => one.source === source),
            flagged,
          ),
        ] as const,
    ),
  ]);
}

/** By a hash, so that it is nobody's choice. */
function foldOf(person: string): number {
  return (createHash("sha256").update(person).digest()[0] ?? 0) % FOLDS;
}

function ratesOf(list: readonly Scored[], flagged: ReadonlySet<Scored>): Rates {
  const worn = list.filter((one) => one.worn);
  const bare = list.filter((one) => !one.worn);
  const share = (part: readonly Scored[]): number | null =>
    part.length === 0 ? null : part.filter((one) => flagged.has(one)).length / part.length;
  return { worn: worn.length, bare: bare.length, tpr: share(worn), fpr: share(bare) };
}

/** Chance that a worn one scores above a bare one. */
export function areaUnder(list: readonly Scored[]): number {
  const bare = list.filter((one) => !one.worn);
  const wins = list
    .filter((one) => one.worn)
    .flatMap((worn) => bare.map(({ score }) => (worn.score > score ? 1 : worn.score === score ? 0.5 : 0)));
  return wins.reduce<number>((sum, win) => sum + win, 0) / wins.length;
}
