import { bell, type Colour, type Layer, step, tint } from "./canvas.ts";
import { type Cloth, drawCloth, paintCloth } from "./cloth.ts";
import { faceHeight } from "./face.ts";
import { fractal, type Noise } from "./noise.ts";
import type { Person } from "./person.ts";
import type { Random } from "./random.ts";

/** One head cover as it is worn. */
export interface HeadCover {
  readonly kind: "cap" | "beanie" | "hood" | "veil" | "turban" | "hat" | "helmet" | "scrub" | "fur" | "peaked";
  readonly cloth: Cloth;
  readonly trim: Colour;
  /** Where its lower edge crosses the forehead. */
  readonly edge: number;
  readonly tall: number;
  readonly wide: number;
  readonly brim: number;
  readonly turn: number;
  readonly folds: number;
  readonly badge: boolean;
}

/** Draws the lots of one head cover. */
export function drawHeadCover(random: Random): HeadCover {
  const kind = random.pick([
    "cap",
    "cap",
    "cap",
    "beanie",
    "beanie",
    "hood",
    "veil",
    "veil",
    "turban",
    "hat",
    "hat",
    "helmet",
    "scrub",
    "fur",
    "peaked",
    "peaked",
  ] as const);
  return {
    kind,
    cloth: drawCloth(random, 0.3),
    trim: random.chance(0.5) ? [0.85, 0.85, 0.84] : [random.next(), random.next(), random.next()],
    edge: -random.between(kind === "cap" || kind === "hat" ? 0.42 : 0.45, kind === "hood" ? 1.15 : 0.88),
    tall: random.between(0.08, 0.4),
    wide: random.between(0.06, 0.2),
    brim: random.between(0.12, 0.34),
    turn: random.bell() * 0.25,
    folds: random.between(0.3, 1),
    badge: random.chance(0.4),
  };
}

/** The cover, its brim and its cloth about the neck. */
export function headCoverLayers(cover: HeadCover, tools: { person: Person; noise: Noise }): Layer[] {
  const { kind } = cover;
  const around = kind === "hood" || kind === "veil" ? [cowl(cover, tools)] : [];
  const crown = kind === "hood" || kind === "veil" ? [] : [crownLayer(cover, tools)];
  const brim = kind === "cap" || kind === "hat" || kind === "peaked" ? [brimLayer(cover, tools)] : [];
  return [...around, ...crown, ...brim];
}

interface Tools {
  readonly person: Person;
  readonly noise: Noise;
}

/** The lower edge: falls a little to the ears. */
function edgeAt(c: HeadCover, u: number): number {
  const fall = c.kind === "scrub" || c.kind === "beanie" || c.kind === "fur" ? 0.4 : c.kind === "turban" ? 0.5 : 0.18;
  const peak = c.kind === "turban" ? -0.2 * bell(u / 0.25) : 0;
  return c.edge + fall * u * u + peak + c.turn * 0.15 * u;
}

/** Half width of the covered head above the eyes. */
function domeOf(c: HeadCover, { person, v }: { person: Person; v: number }): number {
  const up = Math.min(0, v) / (person.crown + c.tall);
  return (person.width * 1.02 + c.wide) * Math.max(0, 1 - up * up) ** (c.kind === "hat" ? 0.3 : 0.5);
}

function crownLayer(c: HeadCover, { person, noise }: Tools): Layer {
  const rough = c.kind === "fur" ? 0.16 : 0.015;
  return ({ u, v, paint }) => {
    if (v > 0.5) return 0;
    const edge = edgeAt(c, u);
    const outer =
      domeOf(c, { person, v }) +
      noise(u * 8, v * 8) * rough +
      (c.kind === "peaked" ? 0.3 * step(edge - 0.1, edge - 0.5, v) : 0);
    const top = -person.crown - c.tall - (c.kind === "hat" ? -0.15 : 0.02);
    const covered =
      step(outer + 0.015, outer - 0.015, Math.abs(u)) *
      step(edge + 0.02, edge - 0.02, v) *
      step(top - 0.02, top + 0.02, v);
    if (covered <= 0) return 0;
    const folds = foldsAt(c, { u, v, edge, noise });
    paintCloth(paint, c.cloth, { u, v, noise, factor: 1 + folds * 2 });
    const band = (c.kind === "hat" || c.kind === "helmet" || c.kind === "peaked") && v > edge - 0.16;
    if (band) tint(paint, c.trim, 1 + folds);
    if (c.badge && c.kind !== "turban" && Math.abs(u - c.turn) < 0.22 && Math.abs(v - edge + 0.32) < 0.13) {
      tint(paint, c.trim, 0.8 + 0.3 * Math.sin(u * 60) * Math.sin(v * 50));
    }
    paint.height = faceHeight(person, { u: u * 0.85, v: Math.max(-1.25, v * 0.85) }) + 0.14 + c.wide * 0.6 + folds;
    paint.shine = c.kind === "helmet" ? 0.7 : 0.03;
    return covered;
  };
}

function foldsAt(c: HeadCover, at: { u: number; v: number; edge: number; noise: Noise }): number {
  const { u, v, edge, noise } = at;
  const creases = noise(u * 4 + 31, v * 4) * 0.03 * c.folds;
  switch (c.kind) {
    case "beanie": {
      const ribs = 0.014 * Math.sin(u * 46 * (1 + 0.2 * u * u));
      const cuff = v > edge - 0.28 ? 0.05 : 0;
      return creases + ribs + cuff + 0.008 * Math.sin(v * 70);
    }
    case "cap":
      return (
        creases * 0.5 -
        0.02 * bell((u - c.turn) / 0.02) -
        0.015 * bell((Math.abs(u - c.turn) - 0.55) / 0.02) +
        (v > edge - 0.07 ? 0.01 : 0)
      );
    case "turban":
      return creases + 0.045 * Math.sin((v + (u > 0 ? 0.55 : -0.55) * u) * 22 + noise(u * 3, v * 3));
    case "fur":
      return 0.12 * fractal(noise, { x: u * 16, y: v * 16, octaves: 3 });
    case "scrub":
    case "hat":
      return creases * 1.4;
    case "hood":
    case "veil":
      return creases * 2 + 0.03 * Math.sin(Math.atan2(v - 0.3, u) * 9 + noise(u * 2, v * 2) * 3 + Math.hypot(u, v) * 5);
    case "helmet":
    case "peaked":
      return 0;
  }
}

/** Stands out over the forehead and throws a shadow on it. */
function brimLayer(c: HeadCover, { person, noise }: Tools): Layer {
  const reach = c.kind === "hat" ? 1.05 + c.brim * 2.2 : c.kind === "peaked" ? 0.8 : 0.98;
  return ({ u, v, paint }) => {
    const x = (u - c.turn * (c.kind === "cap" ? 1 : 0.2)) / reach;
    if (Math.abs(x) > 1) return 0;
    const edge = edgeAt(c, u);
    const arch = Math.sqrt(Math.max(0, 1 - x * x));
    const low =
      c.kind === "hat" ? edge + c.brim * (0.4 + 0.6 * arch) * 0.6 : edge + c.brim * arch * 0.9 - 0.05 * (1 - arch);
    const high = c.kind === "hat" ? edge - 0.1 * arch - 0.05 : edge - 0.06;
    const covered = step(high - 0.015, high + 0.015, v) * step(low + 0.015, low - 0.015, v);
    if (covered <= 0) return 0;
    const under = (v - high) / Math.max(0.05, low - high);
    paintCloth(paint, c.cloth, { u, v, noise, factor: 0.95 - 0.25 * under });
    if (c.kind === "peaked") tint(paint, [0.05, 0.05, 0.05], 1);
    paint.height = faceHeight(person, { u: u * 0.7, v: -0.6 }) + 0.25 + 0.5 * under * arch;
    paint.shine = c.kind === "peaked" ? 0.6 : 0.05;
    return covered;
  };
}

/** Hood or veil: cloth all round, open for the face. */
function cowl(c: HeadCover, { person, noise }: Tools): Layer {
  const low = c.kind === "veil" ? person.chin + 0.02 : person.chin + 0.35;
  return ({ u, v, paint }) => {
    const middle = (c.edge + low) / 2;
    const half = (low - c.edge) / 2;
    const y = Math.abs((v - middle) / half);
    const opening = (c.kind === "veil" ? 0.93 : 1.02) * person.width * Math.max(0, 1 - Math.min(1, y) ** 2.6) ** 0.42;
    const out =
      v < 0 ? domeOf(c, { person, v }) + 0.1 : person.width + 0.16 + c.wide + 0.3 * Math.max(0, v - 0.9) ** 1.5;
    const top = -person.crown - c.tall;
    const covered =
      step(opening - 0.02, opening + 0.02, Math.abs(u)) *
      step(out + 0.02, out - 0.02, Math.abs(u)) *
      step(top - 0.03, top + 0.02, v);
    if (covered <= 0 || v > 3) return 0;
    const folds = foldsAt(c, { u, v, edge: c.edge, noise });
    paintCloth(paint, c.cloth, { u, v, noise, factor: 1 + folds * 2.2 });
    const near = Math.max(0, 1 - (Math.abs(u) - opening) / 0.3);
    paint.height = 0.62 + 0.3 * near + folds + (v > 1 ? -0.3 * (v - 1) : 0);
    paint.shine = 0.03;
    return covered;
  };
}
