import { createCipheriv } from "node:crypto";

const ROUNDS = 4;
/** Per value and round: four bytes to shuffle by, one whose lowest bit is a sign. */
const BYTES_PER_VALUE = 5;

/**
 * Turns a vector by the tenant's own secret rotation: angles and lengths within a tenant stay what they are (to 1e-6),
 * while the same face in two tenants gives vectors as far apart as strangers'. Each round shuffles the values, flips
 * signs and mixes them all (Walsh–Hadamard), so that not even the sizes of the values are left to compare by.
 * @param secret 32 bytes; another secret gives another rotation, and nothing made with the old one matches any more
 * @see reliability.md S8
 */
export function rotateByTenant(vector: Float32Array, secret: Uint8Array): Float32Array {
  const stream = keystream(secret, ROUNDS * vector.length * BYTES_PER_VALUE);
  let values = Float64Array.from(vector);
  for (let round = 0; round < ROUNDS; round += 1) {
    const at = round * vector.length * BYTES_PER_VALUE;
    values = shuffled(values, stream.subarray(at, at + vector.length * BYTES_PER_VALUE));
    mix(values);
  }
  return Float32Array.from(values);
}

function keystream(secret: Uint8Array, length: number): Buffer {
  // The secret serves nothing else, so a counter that begins at zero is used once.
  return createCipheriv("aes-256-ctr", secret, Buffer.alloc(16)).update(Buffer.alloc(length));
}

/** Fisher–Yates, with signs. 32 bits for at most a few thousand places: the bias is under one in a million. */
function shuffled(values: Float64Array, stream: Buffer): Float64Array<ArrayBuffer> {
  const out = Float64Array.from(values);
  for (let last = out.length - 1; last >= 0; last -= 1) {
    const from = stream.readUInt32LE(last * BYTES_PER_VALUE) % (last + 1);
    const flips = ((stream[last * BYTES_PER_VALUE + 4] ?? 0) & 1) === 1;
    const value = out[from] ?? Number.NaN;
    out[from] = out[last] ?? Number.NaN;
    out[last] = flips ? -value : value;
  }
  return out;
}

/**
 * Walsh–Hadamard with norm 1 over the first and over the last 2^k values, 2^k the largest power of two that fits: for
 * 512 once over all; the shuffle between rounds carries every value into both for other lengths.
 */
function mix(values: Float64Array): void {
  const size = 2 ** Math.floor(Math.log2(values.length));
  walshHadamard(values.subarray(0, size));
  if (size < values.length) walshHadamard(values.subarray(values.length - size));
}

function walshHadamard(values: Float64Array): void {
  for (let half = 1; half < values.length; half *= 2) {
    for (let start = 0; start < values.length; start += 2 * half) {
      for (let i = start; i < start + half; i += 1) {
        const [a = Number.NaN, b = Number.NaN] = [values[i], values[i + half]];
        values[i] = (a + b) * Math.SQRT1_2;
        values[i + half] = (a - b) * Math.SQRT1_2;
      }
    }
  }
}
