import { EngineError } from "./engine-error.ts";
import type { Comparison, Template } from "./inspection.ts";

const NORM_TOLERANCE = 1e-3;

/**
 * How alike two faces are.
 * @returns the cosine, −1…1; 1 for the same template
 * @throws {EngineError} `embedderMismatch` when two embedders, or two kinds of pre-processing, made the templates: their
 * numbers mean different things, and the person has to enrol again. `modelFailure` when a vector is not of length 1.
 * @example
 * ```ts
 * const { similarity } = compare(enrolled, presented); // at 0.55 or more: the same person, see engine.md §6
 * ```
 */
export function compare(a: Template, b: Template): Comparison {
  if (a.embedderId !== b.embedderId || a.vector.length !== b.vector.length) {
    throw new EngineError("embedderMismatch", `templates of ${a.embedderId} and ${b.embedderId} cannot be compared`);
  }
  const similarity = dot(a.vector, b.vector);
  if (!hasUnitLength(a.vector) || !hasUnitLength(b.vector)) {
    throw new EngineError("modelFailure", "a template is not of length 1: it is damaged, or was never one");
  }
  // float32 rounding can carry a vector's cosine with itself past 1.
  return { similarity: Math.min(1, Math.max(-1, similarity)) };
}

function hasUnitLength(vector: Float32Array): boolean {
  // NaN fails the comparison.
  return Math.abs(Math.sqrt(dot(vector, vector)) - 1) <= NORM_TOLERANCE;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? Number.NaN) * (b[i] ?? Number.NaN);
  return sum;
}
