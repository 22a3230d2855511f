import { EngineError } from "./engine-error.ts";
import type { ModelRow, Preprocessing } from "./model-table.ts";
import type { Infer, Runtime } from "./runtime.ts";

/** One loaded model. */
export interface Session {
  /**
   * Runs the model on one crop.
   * @param pixels row-major, 8 bits, RGB (or one grey value) per pixel, of the size of the row's pre-processing
   * @returns the outputs in the order of the row: each finite and of the length the row states
   * @throws {EngineError} `modelFailure` for anything else
   */
  run(pixels: Uint8Array): Promise<readonly Float32Array[]>;
}

/** Opens a model that was checked and changed before. */
export async function openSession(
  row: ModelRow,
  { graph, runtime }: { readonly graph: Uint8Array; readonly runtime: Runtime },
): Promise<Session> {
  const outputs = row.outputs.map((output) => output.name);
  const infer = await runtime.open({ bytes: graph, input: row.input, outputs }).catch((cause: unknown) => {
    throw new EngineError("startFailed", `model file ${row.file} (sha256 ${row.sha256}) cannot be loaded`, { cause });
  });
  return sessionOver(row, infer);
}

/** A session over anything that turns planes into named outputs, none of which is trusted. */
export function sessionOver(row: ModelRow, infer: Infer): Session {
  const { width, height, mean } = row.preprocessing;
  const planes = new Float32Array(mean.length * width * height);
  const values = pixelValues(row.preprocessing);
  const dims = [1, mean.length, height, width];
  // The input buffer is reused, so runs wait for each other: a picture never sees another one's pixels.
  let turn: Promise<unknown> = Promise.resolve();
  return {
    run(pixels) {
      const result = turn.then(async () => {
        fillPlanes(planes, pixels, { row, values });
        return parseOutputs(row, await infer(planes, dims).catch((cause: unknown) => fail(row, { cause })));
      });
      turn = result.catch(() => undefined);
      return result;
    },
  };
}

/** What each of the 256 values of a pixel becomes, one table per plane: worked out once, not once a pixel. */
export function pixelValues({ mean, std }: Preprocessing): readonly Float32Array[] {
  return mean.map((shift, plane) =>
    Float32Array.from({ length: 256 }, (_, pixel) => (pixel - shift) / (std[plane] ?? 1)),
  );
}

/** Writes 8-bit pixels into planes as the row's pre-processing says; overwrites every value of `planes`. */
export function fillPlanes(
  planes: Float32Array,
  pixels: Uint8Array,
  { row, values }: { readonly row: ModelRow; readonly values: readonly Float32Array[] },
): void {
  const { channels, width, height } = row.preprocessing;
  const area = width * height;
  const count = values.length;
  if (pixels.length !== area * count || planes.length !== pixels.length) fail(row);
  for (const [plane, table] of values.entries()) {
    const out = planes.subarray(plane * area, (plane + 1) * area);
    for (let to = 0, at = channels === "BGR" ? count - 1 - plane : plane; to < area; to += 1, at += count) {
      out[to] = table[pixels[at] ?? 0] ?? Number.NaN;
    }
  }
}

/**
 * The border to the runtime: model output comes in unknown and goes on as finite numbers of the stated length.
 * @throws {EngineError} `modelFailure`
 */
function parseOutputs(row: ModelRow, results: Readonly<Record<string, unknown>>): readonly Float32Array[] {
  return row.outputs.map(({ name, length }) => {
    const result = results[name];
    const data: unknown = typeof result === "object" && result !== null && "data" in result ? result.data : undefined;
    if (!(data instanceof Float32Array) || data.length !== length) return fail(row);
    return allFinite(data) ? data : fail(row);
  });
}

/** A plain sum: ten times as fast as asking each of 100,000 numbers. Infinity − infinity is NaN, as is NaN − NaN. */
function allFinite(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? Number.NaN;
    sum += value - value;
  }
  return sum === 0;
}

function fail(row: ModelRow, options?: ErrorOptions): never {
  throw new EngineError("modelFailure", `model ${row.file} gave no usable output`, options);
}
