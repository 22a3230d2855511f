import { type Colour, type Paint, step, tint } from "./canvas.ts";
import { fractal, type Noise } from "./noise.ts";
import type { Random } from "./random.ts";

/** The print of a cloth. */
export interface Cloth {
  readonly base: Colour;
  readonly second: Colour;
  readonly print: "plain" | "stripes" | "checks" | "dots" | "flowers" | "camouflage" | "knit" | "blot";
  readonly size: number;
  readonly turn: number;
}

const SOLIDS: readonly Colour[] = [
  [0.08, 0.08, 0.09],
  [0.05, 0.05, 0.06],
  [0.88, 0.88, 0.87],
  [0.55, 0.57, 0.6],
  [0.13, 0.17, 0.32],
  [0.55, 0.12, 0.14],
  [0.18, 0.33, 0.22],
  [0.72, 0.66, 0.55],
  [0.8, 0.55, 0.6],
  [0.3, 0.45, 0.62],
  [0.42, 0.3, 0.22],
  [0.75, 0.6, 0.2],
];
const PRINTS = ["stripes", "checks", "dots", "flowers", "camouflage", "blot"] as const;

/** Any cloth: a colour, and with probability `printed` a print. */
export function drawCloth(random: Random, printed: number): Cloth {
  const shade = random.between(0.75, 1.15);
  const [r, g, b] = random.pick(SOLIDS);
  const own: Colour = [r * shade, g * shade, b * shade];
  const free: Colour = [random.next() * 0.9, random.next() * 0.9, random.next() * 0.9];
  return {
    base: random.chance(0.7) ? own : free,
    second: random.pick(SOLIDS),
    print: random.chance(printed) ? random.pick(PRINTS) : "plain",
    size: random.between(0.05, 0.2),
    turn: random.between(-0.8, 0.8),
  };
}

/** Gives a point the cloth's colour; `factor` for folds. */
export function paintCloth(
  paint: Paint,
  cloth: Cloth,
  at: { u: number; v: number; noise: Noise; factor: number },
): void {
  const { u, v, noise, factor } = at;
  const x = (u * Math.cos(cloth.turn) + v * Math.sin(cloth.turn)) / cloth.size;
  const y = (v * Math.cos(cloth.turn) - u * Math.sin(cloth.turn)) / cloth.size;
  const share = printShare(cloth, { x, y, noise });
  const weave = 1 + 0.04 * noise(u * 60, v * 60) + 0.06 * noise(u * 4 + 50, v * 4);
  tint(paint, cloth.base, factor * weave * (1 - share));
  paint.red += cloth.second[0] * share * factor * weave;
  paint.green += cloth.second[1] * share * factor * weave;
  paint.blue += cloth.second[2] * share * factor * weave;
}

function printShare({ print, size }: Cloth, { x, y, noise }: { x: number; y: number; noise: Noise }): number {
  const dotX = x - Math.round(x);
  const dotY = y - Math.round(y);
  switch (print) {
    case "plain":
    case "knit":
      return 0;
    case "stripes":
      return step(-0.15, 0.15, Math.sin(x * Math.PI));
    case "checks":
      return 0.5 * step(-0.1, 0.1, Math.sin(x * Math.PI)) + 0.5 * step(-0.1, 0.1, Math.sin(y * Math.PI));
    case "dots":
      return step(0.34, 0.26, Math.hypot(dotX, dotY));
    case "flowers": {
      const angle = Math.atan2(dotY, dotX);
      return step(0.05, -0.02, Math.hypot(dotX, dotY) - 0.22 - 0.12 * Math.cos(angle * 5));
    }
    case "camouflage":
      return step(0.02, 0.08, fractal(noise, { x: x * 0.5, y: y * 0.5, octaves: 2 }));
    case "blot":
      return step(0.16, 0.2, noise(x * size * 2.5, y * size * 2.5));
  }
}
