import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { HEAD_TABLE } from "../src/heads/head-table.ts";
import type { CheckName } from "../src/inspection.ts";

const HEADS_FOLDER = new URL("../heads/", import.meta.url);

/** The weights that are kept, whatever the table says of them. */
export function readHeadFile(name: CheckName): Float32Array {
  return new Float32Array(Uint8Array.from(readFileSync(new URL(HEAD_TABLE[name].file, HEADS_FOLDER))).buffer);
}

/** Writes weights as little-endian float32; gives what the row of the table must say. */
export function writeHeadFile(
  name: CheckName,
  weights: Float32Array,
): { readonly bytes: number; readonly sha256: string } {
  const bytes = new Uint8Array(weights.length * 4);
  const view = new DataView(bytes.buffer);
  weights.forEach((weight, i) => {
    view.setFloat32(i * 4, weight, true);
  });
  writeFileSync(new URL(HEAD_TABLE[name].file, HEADS_FOLDER), bytes);
  return { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Length of the difference ÷ length of what is kept: 0 for equal weights. */
export function relativeDistance(kept: Float32Array, other: Float32Array): number {
  const off = kept.map((weight, i) => weight - (other[i] ?? Number.NaN));
  return Math.hypot(...off) / Math.hypot(...kept);
}
