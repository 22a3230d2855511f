import { EngineError } from "../engine-error.ts";
import type { Attribute } from "../inspection.ts";
import type { HeadRow } from "./head-table.ts";

/** A head and its weights: one for each number of its inputs, then the constant. */
export interface Head {
  readonly row: HeadRow;
  readonly weights: Float32Array;
}

/**
 * Whether something is worn, and a probability that is 0.5 at the head's threshold.
 * @param inputs what `readInputs` made of the head's inputs
 * @throws {EngineError} `modelFailure` for a sum that is no number
 */
export function measureAttribute({ row, weights }: Head, inputs: Float32Array): Attribute {
  const score = scoreOf(weights, inputs);
  if (!Number.isFinite(score)) throw new EngineError("modelFailure", `the head ${row.file} gave no number`);
  return { probability: 1 / (1 + Math.exp(row.threshold - score)), present: score >= row.threshold };
}

/** The weighted sum and the constant, in double precision and always in one order: bit-equal for equal inputs. */
export function scoreOf(weights: Float32Array, inputs: Float32Array): number {
  let sum = weights[inputs.length] ?? Number.NaN;
  for (let i = 0; i < inputs.length; i += 1) sum += (weights[i] ?? Number.NaN) * (inputs[i] ?? Number.NaN);
  return sum;
}
