import { luma } from "../luma.ts";

const COLUMNS = 9;
const ROWS = 8;

/**
 * A difference hash of the aligned crop: whether each of 8 × 8 fields is brighter than its right neighbour. Pictures that
 * look alike have hashes that differ in few bits, whatever their bytes.
 * @param crop RGB, row-major, square
 * @param width pixels a row
 * @returns 16 hex digits
 */
export function perceptualHash(crop: Uint8Array, width: number): string {
  const grey = luma(crop);
  let hash = 0n;
  for (let row = 0; row < ROWS; row += 1) {
    for (let column = 0; column < COLUMNS - 1; column += 1) {
      const brighter = fieldMean(grey, { width, row, column }) > fieldMean(grey, { width, row, column: column + 1 });
      hash = (hash << 1n) | (brighter ? 1n : 0n);
    }
  }
  return hash.toString(16).padStart(16, "0");
}

function fieldMean(
  grey: Uint8Array,
  { width, row, column }: { readonly width: number; readonly row: number; readonly column: number },
): number {
  const height = grey.length / width;
  const [left, right] = [column, column + 1].map((at) => Math.round((at * width) / COLUMNS));
  const [top, bottom] = [row, row + 1].map((at) => Math.round((at * height) / ROWS));
  let [sum, count] = [0, 0];
  for (let y = top ?? 0; y < (bottom ?? 0); y += 1) {
    for (let x = left ?? 0; x < (right ?? 0); x += 1) {
      sum += grey[y * width + x] ?? 0;
      count += 1;
    }
  }
  return sum / count;
}
