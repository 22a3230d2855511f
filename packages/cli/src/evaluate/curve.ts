/** Two pictures that were compared, and whose they are. */
export interface Pair {
  /** Cosine, −1…1. */
  readonly similarity: number;
  readonly first: string;
  readonly second: string;
}

/** Error rates of a set of pairs over every threshold; each is 0…1, or `null` where there is no pair. */
export interface Curve {
  /** Share of the genuine pairs below a threshold. */
  fnmrAt(threshold: number): number | null;
  /** Share of the impostor pairs at or above a threshold. */
  fmrAt(threshold: number): number | null;
  /** Where the two rates meet, the higher of the two. */
  eer(): number | null;
  /** Share of the genuine pairs above the lowest threshold that lets no more than `far` of the impostors through. */
  tarAtFar(far: number): number | null;
}

/** Pairs of two kinds, each from the most alike to the least: sorted once, read a thousand times. */
export interface PairSet {
  readonly genuine: readonly Pair[];
  readonly impostors: readonly Pair[];
}

/** The pairs from the most alike to the least. */
export function rankPairs({ genuine, impostors }: PairSet): PairSet {
  const rank = (pairs: readonly Pair[]): readonly Pair[] => pairs.toSorted((a, b) => b.similarity - a.similarity);
  return { genuine: rank(genuine), impostors: rank(impostors) };
}

/** How often each person stands in a sample; {@link curveOf} counts a pair once for each. */
export type Weights = (person: string) => number;

const ONCE: Weights = () => 1;

/**
 * The error rates of pairs, each weighed by its people, as often as they were drawn.
 * @param pairs as {@link rankPairs} leaves them
 */
export function curveOf(pairs: PairSet, weights: Weights = ONCE): Curve {
  const genuine = ranked(pairs.genuine, weights);
  const impostors = ranked(pairs.impostors, weights);
  const fnmrAt = (threshold: number): number | null => {
    const reached = genuine.shareFrom(threshold);
    return reached === null ? null : 1 - reached;
  };
  return {
    fnmrAt,
    fmrAt: (threshold) => impostors.shareFrom(threshold),
    eer() {
      let best: number | null = null;
      for (const threshold of genuine.scores) {
        const [missed, passed] = [fnmrAt(threshold), impostors.shareFrom(threshold)];
        if (missed === null || passed === null) return null;
        best = Math.min(best ?? 1, Math.max(missed, passed));
      }
      return best;
    },
    tarAtFar(far) {
      const score = impostors.scoreBeyond(far);
      if (genuine.total === 0 || score === null) return null;
      return genuine.shareAbove(score);
    },
  };
}

interface Ranked {
  /** Descending. */
  readonly scores: readonly number[];
  readonly total: number;
  shareFrom(threshold: number): number | null;
  shareAbove(threshold: number): number | null;
  /** The highest score whose pair no longer fits into a share; −Infinity when all do, `null` when there are none. */
  scoreBeyond(share: number): number | null;
}

function ranked(sorted: readonly Pair[], weights: Weights): Ranked {
  const scores = sorted.map((pair) => pair.similarity);
  const until = new Float64Array(sorted.length + 1);
  sorted.forEach(({ first, second }, index) => {
    const weight = first === second ? weights(first) : weights(first) * weights(second);
    until[index + 1] = (until[index] ?? 0) + weight;
  });
  const total = until[sorted.length] ?? 0;
  const share = (count: number): number | null => (total === 0 ? null : (until[count] ?? 0) / total);
  return {
    scores,
    total,
    shareFrom: (threshold) => share(countWhile(scores, (score) => score >= threshold)),
    shareAbove: (threshold) => share(countWhile(scores, (score) => score > threshold)),
    scoreBeyond(wanted) {
      if (total === 0) return null;
      const fitting = countWhile(scores, (_, index) => (until[index + 1] ?? 0) <= wanted * total);
      return scores[fitting] ?? Number.NEGATIVE_INFINITY;
    },
  };
}

/** How many lead a list that holds what is true first; found by halving. */
function countWhile(scores: readonly number[], holds: (score: number, index: number) => boolean): number {
  let [low, high] = [0, scores.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(scores[middle] ?? Number.NaN, middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
