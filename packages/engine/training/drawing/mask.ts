import { bell, type Colour, type Layer, step, tint } from "./canvas.ts";
import { type Cloth, drawCloth, paintCloth } from "./cloth.ts";
import { faceHeight } from "./face.ts";
import type { Noise } from "./noise.ts";
import { headWidth, type Person } from "./person.ts";
import type { Random } from "./random.ts";

/** One mask as it is worn. */
export interface Mask {
  readonly kind: "surgical" | "cloth" | "cup" | "fold" | "scarf";
  readonly cloth: Cloth;
  /** Where the upper edge lies in the middle: over the nose, or under its tip. */
  readonly top: number;
  /** Where it lies at the cheeks. */
  readonly cheek: number;
  readonly bottom: number;
  /** How far it reaches to the ears, of the head's half width. */
  readonly reach: number;
  readonly bulge: number;
  readonly pleats: number;
  readonly loops: "ears" | "head" | "none";
  readonly loopColour: Colour;
  readonly valve: boolean;
  readonly askew: number;
  readonly wrinkle: number;
}

const SURGICAL: readonly Colour[] = [
  [0.62, 0.79, 0.88],
  [0.5, 0.72, 0.84],
  [0.42, 0.64, 0.8],
  [0.6, 0.82, 0.8],
  [0.9, 0.92, 0.93],
  [0.93, 0.93, 0.92],
  [0.07, 0.07, 0.08],
  [0.88, 0.7, 0.75],
];

/** Draws the lots of one mask. */
export function drawMask(random: Random, person: Person): Mask {
  const kind = random.pick(["surgical", "surgical", "surgical", "cloth", "cloth", "cup", "fold", "scarf"] as const);
  const plain = drawCloth(random, 0);
  const low = random.chance(0.12);
  const top = low ? person.noseLength + random.between(0.02, 0.14) : random.between(0.08, person.noseLength * 0.75);
  const medical = kind === "surgical" || kind === "fold" || (kind === "cup" && random.chance(0.7));
  return {
    kind,
    cloth: medical ? { ...plain, base: random.pick(SURGICAL) } : drawCloth(random, 0.5),
    top,
    cheek: Math.max(top + 0.02, random.between(0.3, 0.62)),
    bottom: person.chin + random.between(-0.04, 0.14),
    reach: kind === "scarf" ? 1.2 : random.between(0.7, 1),
    bulge: random.between(0.04, kind === "cup" || kind === "fold" ? 0.34 : 0.18),
    pleats: random.between(2, 4),
    loops: kind === "scarf" ? "none" : random.chance(0.8) ? "ears" : "head",
    loopColour: random.chance(0.75) ? [0.88, 0.88, 0.88] : [0.1, 0.1, 0.1],
    valve: kind === "cup" && random.chance(0.4),
    askew: random.bell() * 0.03,
    wrinkle: random.between(0.2, 1),
  };
}

/** The mask and what holds it. */
export function maskLayers(mask: Mask, { person, noise }: { person: Person; noise: Noise }): Layer[] {
  return [loops(mask, person), cover(mask, { person, noise })];
}

/** Half width of the mask at a height: wide at the cheeks, narrow at nose and chin. */
function widthAt(mask: Mask, { person, v }: { person: Person; v: number }): number {
  const { top, cheek, bottom, kind, reach } = mask;
  const side = headWidth(person, Math.min(v, person.chin - 0.06)) * reach + (kind === "surgical" ? 0.03 : 0.02);
  if (kind === "scarf") return headWidth(person, Math.min(v, 1)) + 0.16;
  const upper = v < cheek ? 0.1 + Math.max(0, (v - top) / (cheek - top)) ** 0.75 * (side - 0.1) : side;
  const lower =
    kind === "surgical" ? 1 : Math.max(0, 1 - Math.max(0, (v - cheek - 0.35) / (bottom - cheek - 0.3)) ** 2.2) ** 0.5;
  return Math.min(side, upper) * lower;
}

function cover(mask: Mask, { person, noise }: { person: Person; noise: Noise }): Layer {
  const { kind, top, bottom, bulge, valve, askew } = mask;
  return ({ u, v: height, paint, below }) => {
    const v = height + askew * u;
    const end = kind === "scarf" ? bottom + 0.9 : bottom;
    if (v < top - 0.06 || v > end + 0.06) return 0;
    const width = widthAt(mask, { person, v });
    const covered =
      step(width + 0.012, width - 0.012, Math.abs(u)) *
      step(top - 0.02, top + 0.015, v) *
      step(end + 0.02, end - 0.02, v);
    if (covered <= 0) return 0;
    const x = u / Math.max(0.2, width);
    const dome = Math.max(0, 1 - x * x) * Math.max(0, 1 - ((v - (top + bottom) / 2) / (bottom - top)) ** 2 * 2.4);
    const folds = foldsAt(mask, { u, v, noise });
    const edge = 1 - 0.16 * (bell((Math.abs(u) - width + 0.05) / 0.02) + bell((v - top - 0.05) / 0.02));
    paintCloth(paint, mask.cloth, { u, v, noise, factor: (1 + folds * 1.3) * edge });
    const under = Math.max(
      below * 0.35,
      faceHeight(person, { u: u * 0.92, v: Math.min(v, person.chin - 0.12) }) * 0.75 + 0.12,
    );
    paint.height = under + bulge * dome + folds + 0.05;
    paint.shine = kind === "surgical" ? 0.06 : 0.02;
    const disc = Math.hypot(u - 0.28, v - 1.05);
    if (valve && disc < 0.17) {
      tint(paint, [0.85, 0.85, 0.84], disc < 0.13 && Math.sin(v * 90) > 0 ? 0.75 : 1);
      paint.height += 0.06;
    }
    return covered;
  };
}

function foldsAt({ kind, pleats, wrinkle, top, bottom }: Mask, at: { u: number; v: number; noise: Noise }): number {
  const { u, v, noise } = at;
  const creases = noise(u * 3 + 11, v * 5) * 0.03 * wrinkle + noise(u * 9, v * 9 + 5) * 0.012 * wrinkle;
  if (kind === "surgical") {
    const phase = ((v - top) / (bottom - top)) * pleats * 2 + noise(u * 2, 9) * 0.15;
    return creases + 0.022 * (phase - Math.floor(phase)) * step(0.1, 0.25, (v - top) / (bottom - top));
  }
  if (kind === "cloth") return creases - 0.03 * bell(u / 0.018);
  if (kind === "fold") return creases - 0.04 * bell((v - top - (bottom - top) * 0.5 - 0.12 * u * u) / 0.02);
  if (kind === "scarf") return creases * 2.5 + 0.03 * Math.sin(v * 14 + noise(u * 2, v * 2) * 4 - u * u * 3);
  return creases * 0.4;
}

function loops(mask: Mask, person: Person): Layer {
  if (mask.loops === "none") return () => 0;
  return ({ u, v, paint }) => {
    const au = Math.abs(u);
    if (au < 0.45 || v < -0.6 || v > 1.5) return 0;
    const width = headWidth(person, v) + 0.03;
    const ear = mask.loops === "ears" ? 0.15 : -0.35;
    const from = (au - mask.reach * 0.9) / Math.max(0.08, width - mask.reach * 0.9);
    const upper = mask.cheek + 0.05 + (ear - mask.cheek) * Math.min(1.2, Math.max(-0.5, from));
    const lower = 1.15 - 0.5 * Math.min(1.2, Math.max(-0.5, from));
    const line = Math.min(Math.abs(v - upper), Math.abs(v - lower));
    const covered = step(0.03, 0.012, line) * step(width + 0.04, width, au) * step(0.5, 0.6, au);
    if (covered <= 0) return 0;
    tint(paint, mask.loopColour);
    paint.height = faceHeight(person, { u: u * 0.96, v }) + 0.03;
    return covered;
  };
}
