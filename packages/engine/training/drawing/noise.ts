import { createRandom } from "./random.ts";

const SIDE = 256;

/** Smooth noise over the plane, −1…1, features about one unit wide; it repeats after 256 units. */
export type Noise = (x: number, y: number) => number;

/** One seeded field of value noise. */
export function createNoise(seed: number): Noise {
  const random = createRandom(seed);
  const table = new Float32Array(SIDE * SIDE);
  for (let i = 0; i < table.length; i += 1) table[i] = random.next() * 2 - 1;
  const at = (x: number, y: number): number => table[(y & 255) * SIDE + (x & 255)] ?? 0;
  return (x, y) => {
    const left = Math.floor(x);
    const top = Math.floor(y);
    const fx = smooth(x - left);
    const fy = smooth(y - top);
    const upper = at(left, top) * (1 - fx) + at(left + 1, top) * fx;
    const lower = at(left, top + 1) * (1 - fx) + at(left + 1, top + 1) * fx;
    return upper * (1 - fy) + lower * fy;
  };
}

/** Several octaves of noise, each half as strong and twice as fine; −1…1. */
export function fractal(noise: Noise, { x, y, octaves }: { x: number; y: number; octaves: number }): number {
  let sum = 0;
  let weight = 0.5;
  let scale = 1;
  for (let i = 0; i < octaves; i += 1, weight /= 2, scale *= 2)
    sum += weight * noise(x * scale + i * 17, y * scale + i * 31);
  return sum;
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}
