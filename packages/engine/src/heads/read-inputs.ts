import { EngineError } from "../engine-error.ts";
import { type HeadInput, type HeadRole, ROLE_OF_RUN } from "./head-table.ts";

/** The outputs of the runs that heads read, in the order of each model's row; `null`: that run was not made. */
export type HeadTensors = Readonly<Record<HeadInput["run"], readonly Float32Array[] | null>>;

/** The output names of the models, in the same order. */
export type HeadTensorNames = Readonly<Record<HeadRole, { readonly outputs: readonly { readonly name: string }[] }>>;

/**
 * The numbers a head weighs: each inner tensor averaged over squares, channel by channel, row by row.
 * @throws {EngineError} `modelFailure` when a tensor is missing or of another length
 */
export function readInputs(
  inputs: readonly HeadInput[],
  seen: { readonly tensors: HeadTensors; readonly rows: HeadTensorNames },
): Float32Array {
  const out = new Float32Array(inputs.reduce((sum, input) => sum + lengthOf(input), 0));
  let at = 0;
  for (const input of inputs) {
    const { run, tensor, channels, side } = input;
    const values = seen.tensors[run]?.[seen.rows[ROLE_OF_RUN[run]].outputs.findIndex(({ name }) => name === tensor)];
    if (values?.length !== channels * side * side) {
      throw new EngineError("modelFailure", `the ${ROLE_OF_RUN[run]} did not give its inner tensor ${tensor}`);
    }
    average(values, { input, out: out.subarray(at, at + lengthOf(input)) });
    at += lengthOf(input);
  }
  return out;
}

/** How many numbers an input becomes. */
export function lengthOf({ channels, side, pool }: HeadInput): number {
  return channels * (side / pool) ** 2;
}

function average(
  values: Float32Array,
  { input, out }: { readonly input: HeadInput; readonly out: Float32Array },
): void {
  const { side, pool } = input;
  const small = side / pool;
  const share = 1 / (pool * pool);
  for (let i = 0, row = 0; i < values.length; row += 1) {
    const to = Math.floor(row / side) * small * small + Math.floor((row % side) / pool) * small;
    for (let cell = to; cell < to + small; cell += 1) {
      // Rounded as the cell itself would round it.
      let sum = out[cell] ?? 0;
      for (const end = i + pool; i < end; i += 1) sum = Math.fround(sum + (values[i] ?? 0) * share);
      out[cell] = sum;
    }
  }
}
