/** One class of a head's training set: the numbers of every picture, row after row. */
export interface Samples {
  /** `count * width` values. */
  readonly values: Float32Array;
  readonly width: number;
  /** 1: worn, 0: not; one per row. */
  readonly labels: Uint8Array;
}

/** How a head is fitted. */
export interface Fit {
  /** Weight of the squared length of the weights against the mean loss. */
  readonly decay: number;
  readonly rounds: number;
}

/**
 * Logistic regression by accelerated gradient descent: each input made to mean 0 and deviation 1, both classes of equal
 * weight. No chance is drawn: equal samples give equal weights.
 * @returns the weights for the inputs as they come, then the constant
 */
export function trainHead(samples: Samples, fit: Fit): Float32Array {
  const scaled = standardise(samples);
  const weights = descend({ ...samples, values: scaled.values }, fit);
  const out = new Float32Array(samples.width + 1);
  let constant = weights[samples.width] ?? 0;
  for (let j = 0; j < samples.width; j += 1) {
    const weight = (weights[j] ?? 0) / (scaled.deviation[j] ?? 1);
    out[j] = weight;
    constant -= weight * (scaled.mean[j] ?? 0);
  }
  out[samples.width] = constant;
  return out;
}

function standardise({ values, width }: Samples): {
  readonly values: Float32Array;
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
} {
  const count = values.length / width;
  const mean = new Float64Array(width);
  const square = new Float64Array(width);
  for (let i = 0, at = 0; i < count; i += 1) {
    for (let j = 0; j < width; j += 1, at += 1) {
      const value = values[at] ?? 0;
      mean[j] = (mean[j] ?? 0) + value / count;
      square[j] = (square[j] ?? 0) + (value * value) / count;
    }
  }
  const variance = square.map((value, j) => Math.max(0, value - (mean[j] ?? 0) ** 2));
  // An input that hardly ever changes is not blown up to be as loud as the rest.
  const floor = 0.05 * Math.sqrt(variance.reduce((sum, value) => sum + value, 0) / width) + 1e-6;
  const deviation = variance.map((value) => Math.sqrt(value) + floor);
  const out = Float32Array.from(
    values,
    (value, at) => (value - (mean[at % width] ?? 0)) / (deviation[at % width] ?? 1),
  );
  return { values: out, mean, deviation };
}

/** Nesterov's method; the step follows from a bound on the curvature of the loss. */
function descend(samples: Samples, { decay, rounds }: Fit): Float64Array {
  const { width } = samples;
  const shares = shareOfEach(samples.labels);
  const step = 1 / (curvature(samples, shares) / 4 + decay);
  let weights = new Float64Array(width + 1);
  let ahead = weights;
  let momentum = 1;
  for (let round = 0; round < rounds; round += 1) {
    const slope = gradient(samples, { shares, weights: ahead });
    const next = ahead.map((value, j) => value - step * ((slope[j] ?? 0) + (j < width ? decay * value : 0)));
    const following = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    const push = (momentum - 1) / following;
    const from = weights;
    ahead = next.map((value, j) => value + push * (value - (from[j] ?? 0)));
    weights = next;
    momentum = following;
  }
  return weights;
}

/** Both classes count the same, however many pictures each has. */
function shareOfEach(labels: Uint8Array): Float64Array {
  const worn = labels.reduce((sum, label) => sum + label, 0);
  return Float64Array.from(labels, (label) => 0.5 / (label === 1 ? worn : labels.length - worn));
}

function gradient(
  samples: Samples,
  { shares, weights }: { readonly shares: Float64Array; readonly weights: Float64Array },
): Float64Array {
  const { width, labels } = samples;
  const scores = times(samples, weights);
  const errors = scores.map((score, i) => (1 / (1 + Math.exp(-score)) - (labels[i] ?? 0)) * (shares[i] ?? 0));
  const out = new Float64Array(width + 1);
  timesTransposed(samples, { errors, out });
  return out;
}

function times({ values, width, labels }: Samples, weights: Float64Array): Float64Array {
  const out = new Float64Array(labels.length);
  for (let i = 0, at = 0; i < labels.length; i += 1) {
    let sum = weights[width] ?? 0;
    for (let j = 0; j < width; j += 1, at += 1) sum += (values[at] ?? 0) * (weights[j] ?? 0);
    out[i] = sum;
  }
  return out;
}

function timesTransposed(
  { values, width, labels }: Samples,
  { errors, out }: { readonly errors: Float64Array; readonly out: Float64Array },
): void {
  for (let i = 0, at = 0; i < labels.length; i += 1) {
    const error = errors[i] ?? 0;
    for (let j = 0; j < width; j += 1, at += 1) out[j] = (out[j] ?? 0) + error * (values[at] ?? 0);
    out[width] = (out[width] ?? 0) + error;
  }
}

/** Largest eigenvalue of the weighted second moments, by power iteration, with a little on top. */
function curvature(samples: Samples, shares: Float64Array): number {
  let vector = new Float64Array(samples.width + 1).fill(1 / Math.sqrt(samples.width + 1));
  let size = 1;
  for (let round = 0; round < 12; round += 1) {
    const errors = times(samples, vector).map((score, i) => score * (shares[i] ?? 0));
    const out = new Float64Array(samples.width + 1);
    timesTransposed(samples, { errors, out });
    size = Math.hypot(...out);
    const length = size;
    vector = out.map((value) => value / length);
  }
  return size * 1.1;
}
