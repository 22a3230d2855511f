import { bell, type Colour, type Layer, step, tint } from "./canvas.ts";
import type { Noise } from "./noise.ts";
import { headWidth, type Person } from "./person.ts";
import type { Random } from "./random.ts";

/** One pair of spectacles or sunglasses as it is worn. */
export interface Glasses {
  readonly rim: "full" | "half" | "none";
  readonly colour: Colour;
  /** Half of the rim's thickness. */
  readonly weight: number;
  /** Heavier above than below. */
  readonly brow: number;
  readonly halfWidth: number;
  readonly halfHeight: number;
  /** 2 round … 6 nearly a rectangle. */
  readonly square: number;
  /** Lower half narrower than the upper. */
  readonly drop: number;
  readonly slide: number;
  readonly gap: number;
  readonly bridge: number;
  readonly bridgeKind: "arch" | "bar" | "double";
  readonly lens: Colour;
  /** 0 clear … 1 opaque. */
  readonly tint: number;
  readonly fade: number;
  readonly shine: number;
  readonly glare: number;
  readonly glareTurn: number;
  readonly glareAt: number;
  readonly pads: boolean;
  readonly askew: number;
}

const FRAMES: readonly Colour[] = [
  [0.03, 0.03, 0.03],
  [0.04, 0.035, 0.035],
  [0.06, 0.05, 0.05],
  [0.16, 0.09, 0.05],
  [0.3, 0.17, 0.08],
  [0.45, 0.45, 0.46],
  [0.62, 0.52, 0.32],
  [0.7, 0.7, 0.7],
  [0.35, 0.08, 0.1],
  [0.1, 0.14, 0.35],
  [0.75, 0.72, 0.68],
];
const LENSES: readonly Colour[] = [
  [0.02, 0.02, 0.03],
  [0.04, 0.04, 0.04],
  [0.12, 0.07, 0.04],
  [0.05, 0.1, 0.07],
  [0.1, 0.12, 0.25],
];

/** Draws the lots of one pair. */
export function drawGlasses(random: Random): Glasses {
  const dark = random.chance(0.16);
  const rim = random.pick(["full", "full", "full", "full", "half", "half", "none"] as const);
  const thin = rim === "none" || random.chance(0.5);
  const halfHeight = random.between(0.15, dark ? 0.34 : 0.3);
  return {
    rim: dark && rim === "none" ? "full" : rim,
    colour: random.pick(FRAMES),
    weight: thin ? random.between(0.01, 0.02) : random.between(0.02, 0.06),
    brow: random.chance(0.3) ? random.between(1.3, 2.4) : 1,
    halfWidth: Math.max(halfHeight, random.between(0.25, 0.4)),
    halfHeight,
    square: random.between(2, 6),
    drop: random.next() * 0.25,
    slide: random.between(-0.02, 0.14),
    gap: random.between(0.43, 0.5),
    bridge: random.between(-0.08, 0.02),
    bridgeKind: random.pick(["arch", "arch", "bar", "double"]),
    lens: dark ? random.pick(LENSES) : [0.9, 0.95, 0.95],
    tint: dark ? random.between(0.55, 0.98) : random.chance(0.2) ? random.between(0.05, 0.3) : random.next() * 0.05,
    fade: random.chance(0.4) ? random.between(0.3, 1) : 0,
    shine: random.between(0.2, 0.9),
    glare: random.chance(0.5) ? random.next() ** 1.5 : 0,
    glareTurn: random.between(-1, 1),
    glareAt: random.between(-0.6, 0.6),
    pads: thin && random.chance(0.7),
    askew: random.bell() * 0.02,
  };
}

/** Lenses, rims, bridge and temples. */
export function glassesLayers(glasses: Glasses, { person, noise }: { person: Person; noise: Noise }): Layer[] {
  return [shadow(glasses, person), lenses(glasses, { person, noise }), frame(glasses, person)];
}

/** Distance from the rim's middle line in units of the lens: under 1 inside. */
function lensRadius(g: Glasses, { u, v }: { u: number; v: number }): number {
  const y = (v - g.slide + g.askew * u) / g.halfHeight;
  const narrow = 1 - g.drop * step(-0.2, 1, y);
  const x = (Math.abs(u) - g.gap) / (g.halfWidth * narrow);
  return (Math.abs(x) ** g.square + Math.abs(y) ** g.square) ** (1 / g.square);
}

/** Height of the glasses' plane over the face: they stand off the cheeks and rest on the nose. */
function plane(person: Person, { u }: { u: number }): number {
  return 0.92 + person.noseHeight * 0.35 - 0.2 * u * u - 0.35 * Math.max(0, Math.abs(u) - 0.75);
}

function frame(g: Glasses, person: Person): Layer {
  return ({ u, v, paint }) => {
    if (v < -0.65 || v > 0.75) return 0;
    const cover = Math.max(
      rimCover(g, { u, v }),
      bridgeCover(g, { u, v }),
      templeCover(g, { u, v, person }),
      padCover(g, { u, v }),
    );
    if (cover <= 0.01) return 0;
    tint(paint, g.colour, 1);
    paint.height = plane(person, { u }) + 0.02 * cover;
    paint.shine = g.shine;
    return cover;
  };
}

function rimCover(g: Glasses, { u, v }: { u: number; v: number }): number {
  const up = v - g.slide < 0;
  if (g.rim === "half" && v - g.slide > g.halfHeight * 0.1) return 0.18 * lineCover(g, { u, v, weight: 0.008 });
  if (g.rim === "none") return 0.3 * lineCover(g, { u, v, weight: 0.008 });
  return lineCover(g, { u, v, weight: g.weight * (up ? g.brow : 1) });
}

function lineCover(g: Glasses, { u, v, weight }: { u: number; v: number; weight: number }): number {
  const off = Math.abs(lensRadius(g, { u, v }) - 1) * Math.min(g.halfHeight, g.halfWidth);
  return step(weight + 0.012, weight - 0.008, off);
}

function bridgeCover(g: Glasses, { u, v }: { u: number; v: number }): number {
  const half = g.gap - g.halfWidth + 0.03;
  if (half <= 0 || Math.abs(u) > half) return 0;
  const weight = Math.max(0.014, g.weight);
  const arch = g.bridgeKind === "bar" ? 0 : 0.06 * (1 - (u / half) ** 2);
  const one = step(weight + 0.012, weight - 0.008, Math.abs(v - g.slide - g.bridge + arch));
  const two =
    g.bridgeKind === "double" ? step(weight + 0.01, weight - 0.006, Math.abs(v - g.slide + g.halfHeight * 0.85)) : 0;
  return Math.max(one, two);
}

function templeCover(g: Glasses, { u, v, person }: { u: number; v: number; person: Person }): number {
  const au = Math.abs(u);
  const from = g.gap + g.halfWidth - 0.02;
  const width = headWidth(person, 0) + 0.05;
  if (au < from || au > width) return 0;
  const weight = Math.max(0.014, g.weight * 0.9);
  return step(weight + 0.014, weight - 0.008, Math.abs(v - g.slide + g.halfHeight * 0.45 + 0.03 * (au - from)));
}

function padCover(g: Glasses, { u, v }: { u: number; v: number }): number {
  if (!g.pads) return 0;
  return 0.5 * bell((Math.abs(u) - 0.13) / 0.025) * bell((v - g.slide - 0.1) / 0.06);
}

function lenses(g: Glasses, { person, noise }: { person: Person; noise: Noise }): Layer {
  return ({ u, v, paint, below }) => {
    const r = lensRadius(g, { u, v });
    if (r > 1) return 0;
    const y = (v - g.slide) / g.halfHeight;
    const dark = g.tint * (1 - g.fade * step(-0.6, 1, y));
    const x = Math.abs(u) - g.gap;
    const across =
      (x * Math.cos(g.glareTurn) + (v - g.slide) * Math.sin(g.glareTurn)) / g.halfWidth - g.glareAt * (u > 0 ? 1 : 0.8);
    const room = noise(u * 5 + 3, v * 5 + 8) * 0.5 + 0.5;
    const streak = g.glare * bell(across / 0.35) * (0.4 + 0.6 * room);
    const share = Math.min(0.97, dark + streak * 0.8 + 0.02);
    tint(paint, g.lens, dark / Math.max(0.01, dark + streak));
    paint.red += streak * 0.9;
    paint.green += streak * 0.95;
    paint.blue += streak;
    paint.flat = streak > 0.1 ? 0.7 : 0.2;
    paint.shine = 0.5 * g.tint;
    // A clear lens leaves the face under it as it is.
    paint.height = g.tint > 0.5 ? plane(person, { u }) : below;
    return share;
  };
}

/** What the rims darken on the skin, as soft as a shadow under a lamp of some size. */
function shadow(g: Glasses, person: Person): Layer {
  return ({ u, v, paint, below }) => {
    if (v < -0.6 || v > 0.8) return 0;
    const r = lensRadius(g, { u, v: v - 0.05 });
    const cover = (g.rim === "none" ? 0.12 : 0.3) * bell(((r - 1) * g.halfHeight) / (0.03 + g.weight));
    if (cover < 0.02) return 0;
    tint(paint, person.skin, 0.4);
    paint.height = below;
    return cover;
  };
}
