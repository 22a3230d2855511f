import { scoreOf } from "../src/heads/measure-attribute.ts";
import { CHECK_NAMES, type CheckName } from "../src/inspection.ts";
import type { DrawnSample } from "./draw-samples.ts";
import { FITS, LEARNT_FROM } from "./recipe.ts";
import { trainHead } from "./train-head.ts";

/** The weights of every head. */
export type Weights = Readonly<Record<CheckName, Float32Array>>;

/** Trains every head on the same drawn pictures. */
export function trainAll(samples: readonly DrawnSample[]): Weights {
  const entries = CHECK_NAMES.map((name) => {
    const learnt = samples.filter(({ seed }) => seed < LEARNT_FROM[name]);
    return [name, trainOne(name, learnt)] as const;
  });
  return Object.fromEntries(entries) as Record<CheckName, Float32Array>;
}

function trainOne(name: CheckName, samples: readonly DrawnSample[]): Float32Array {
  const width = samples[0]?.looks[name].length ?? 0;
  const values = new Float32Array(samples.length * width);
  samples.forEach((sample, i) => {
    values.set(sample.looks[name], i * width);
  });
  return trainHead({ values, width, labels: Uint8Array.from(samples, ({ worn }) => (worn[name] ? 1 : 0)) }, FITS[name]);
}

/** Share of drawn pictures that a head puts on the right side of 0: a first look, no claim about photographs. */
export function rightShare(
  name: CheckName,
  { weights, samples }: { weights: Weights; samples: readonly DrawnSample[] },
): number {
  const right = samples.filter(({ looks, worn }) => scoreOf(weights[name], looks[name]) > 0 === worn[name]);
  return right.length / samples.length;
}
