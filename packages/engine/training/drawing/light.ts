import type { Canvas, Colour } from "./canvas.ts";
import type { Random } from "./random.ts";

/** One lamp and the light of the room. */
export interface Light {
  /** Where the lamp is, seen from the head: right, down, towards the viewer; length 1. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly lamp: Colour;
  readonly room: Colour;
  /** 0 hard shadows … 1 hardly any. */
  readonly softness: number;
  readonly shadow: number;
}

/** Mostly from above and in front, sometimes from the side or below. */
export function drawLight(random: Random): Light {
  const side = random.chance(0.25) ? random.between(0.7, 1.6) * (random.chance(0.5) ? 1 : -1) : random.bell() * 0.35;
  const up = random.chance(0.06) ? random.between(0.2, 0.7) : -random.between(0.05, 1.1);
  const length = Math.hypot(side, up, 1);
  const warm = random.bell() * 0.07;
  const power = random.between(0.45, 1);
  const ambient = random.between(0.25, 0.75);
  return {
    x: side / length,
    y: up / length,
    z: 1 / length,
    lamp: [power * (1 + warm), power, power * (1 - warm)],
    room: [ambient * (1 - warm * 0.7), ambient, ambient * (1 + warm * 0.7)],
    softness: random.next(),
    shadow: random.between(0.15, 0.85),
  };
}

const SHADOW_STEPS = 9;

/** Colours under the light: normals and shadows from the depth plane. Gives three values a pixel, about 0…1. */
export function shade(canvas: Canvas, light: Light): Float32Array {
  const { width, height, colour, shine, flat, unit } = canvas;
  const out = new Float32Array(colour.length);
  const depth = blurPlane(canvas.depth, { width, height, passes: 1 });
  const wide = blurPlane(canvas.depth, { width, height, passes: 14 });
  const half = { x: light.x, y: light.y, z: light.z + 1 };
  const halfLength = Math.hypot(half.x, half.y, half.z);
  for (let y = 0, i = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, i += 1) {
      const left = depth[i - (x > 0 ? 1 : 0)] ?? 0;
      const right = depth[i + (x < width - 1 ? 1 : 0)] ?? 0;
      const top = depth[i - (y > 0 ? width : 0)] ?? 0;
      const bottom = depth[i + (y < height - 1 ? width : 0)] ?? 0;
      const nx = clampSlope((left - right) / (2 * unit));
      const ny = clampSlope((top - bottom) / (2 * unit));
      const size = Math.sqrt(nx * nx + ny * ny + 1);
      const facing = (nx * light.x + ny * light.y + light.z) / size;
      const wrapped = Math.max(0, (facing + 0.25) / 1.25);
      const lit = wrapped * (1 - light.shadow * shadowAt({ depth, x, y, width, height, light, unit }));
      const hollow = Math.min(0.5, Math.max(-0.15, ((wide[i] ?? 0) - (depth[i] ?? 0)) * 1.6));
      const glint = Math.max(0, (nx * half.x + ny * half.y + half.z) / (size * halfLength));
      const gleam = (shine[i] ?? 0) * glint ** 22 * lit;
      const still = flat[i] ?? 0;
      for (let c = 0; c < 3; c += 1) {
        const own = colour[i * 3 + c] ?? 0;
        const received = (light.lamp[c] ?? 0) * lit + (light.room[c] ?? 0) * (1 - hollow);
        out[i * 3 + c] = own * (received * (1 - still) + still) + gleam;
      }
    }
  }
  return out;
}

function clampSlope(slope: number): number {
  return Math.min(2.2, Math.max(-2.2, slope));
}

function shadowAt(spot: {
  depth: Float32Array;
  x: number;
  y: number;
  width: number;
  height: number;
  light: Light;
  unit: number;
}): number {
  const { depth, width, light, unit } = spot;
  const start = depth[spot.y * width + spot.x] ?? 0;
  const flatLength = Math.hypot(light.x, light.y);
  if (flatLength < 0.05) return 0;
  const rise = light.z / flatLength;
  let hidden = 0;
  for (let k = 1; k <= SHADOW_STEPS; k += 1) {
    const reach = k * 0.055;
    const x = Math.round(spot.x + (light.x / flatLength) * (reach / unit));
    const y = Math.round(spot.y + (light.y / flatLength) * (reach / unit));
    if (x < 0 || y < 0 || x >= width || y >= spot.height) break;
    const over = (depth[y * width + x] ?? 0) - start - reach * rise;
    const soft = 0.04 + 0.2 * light.softness;
    if (over > 0) hidden = Math.max(hidden, Math.min(1, over / soft));
  }
  return hidden;
}

/** A plane, blurred by repeated averages of three. */
function blurPlane(
  plane: Float32Array,
  { width, height, passes }: { width: number; height: number; passes: number },
): Float32Array {
  let from = Float32Array.from(plane);
  let to = new Float32Array(plane.length);
  for (let pass = 0; pass < passes; pass += 1) {
    const reach = pass < 4 ? 1 : 3;
    for (let y = 0, i = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1, i += 1) {
        const left = x >= reach ? i - reach : i;
        const right = x < width - reach ? i + reach : i;
        to[i] = ((from[left] ?? 0) + (from[i] ?? 0) + (from[right] ?? 0)) / 3;
      }
    }
    [from, to] = [to, from];
    for (let y = 0, i = 0; y < height; y += 1) {
      const up = y >= reach ? reach * width : 0;
      const down = y < height - reach ? reach * width : 0;
      for (let x = 0; x < width; x += 1, i += 1) {
        to[i] = ((from[i - up] ?? 0) + (from[i] ?? 0) + (from[i + down] ?? 0)) / 3;
      }
    }
    [from, to] = [to, from];
  }
  return from;
}
