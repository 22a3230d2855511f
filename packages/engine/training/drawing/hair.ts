import { type Layer, step, tint } from "./canvas.ts";
import { faceHeight } from "./face.ts";
import { fractal, type Noise } from "./noise.ts";
import { headWidth, type Person } from "./person.ts";

interface Style {
  /** How far the hair stands off the skull at the top and at the sides. */
  readonly top: number;
  readonly side: number;
  /** How far down it hangs at the sides, as v. */
  readonly reach: number;
  /** How far it falls into the forehead below the hairline. */
  readonly fringe: number;
  readonly rough: number;
}

const STYLES: Readonly<Record<Person["hairKind"], Style>> = {
  bald: { top: 0, side: 0, reach: -2, fringe: -9, rough: 0 },
  shaved: { top: 0.02, side: 0.01, reach: 0, fringe: 0, rough: 0.3 },
  short: { top: 0.16, side: 0.05, reach: 0.1, fringe: 0, rough: 0.5 },
  swept: { top: 0.26, side: 0.06, reach: 0.1, fringe: -0.05, rough: 0.5 },
  fringe: { top: 0.2, side: 0.1, reach: 0.35, fringe: 0.5, rough: 0.6 },
  parted: { top: 0.18, side: 0.13, reach: 0.9, fringe: 0.12, rough: 0.4 },
  long: { top: 0.17, side: 0.2, reach: 2.6, fringe: 0.08, rough: 0.4 },
  bun: { top: 0.1, side: 0.02, reach: 0.1, fringe: -0.05, rough: 0.2 },
  afro: { top: 0.55, side: 0.5, reach: 0.9, fringe: 0.08, rough: 1.2 },
  spiky: { top: 0.3, side: 0.06, reach: 0.1, fringe: 0.14, rough: 1 },
  receding: { top: 0.08, side: 0.06, reach: 0.2, fringe: -0.3, rough: 0.4 },
};

/** Hair behind the head and in front of it. */
export function hairLayers(person: Person, noise: Noise): { readonly behind: Layer; readonly front: Layer } {
  const style = STYLES[person.hairKind];
  return { behind: behind({ person, noise, style }), front: front({ person, noise, style }) };
}

interface Tools {
  readonly person: Person;
  readonly noise: Noise;
  readonly style: Style;
}

/** How high the hair stands, as v. */
function crownOf(person: Person, style: Style): number {
  return -(person.crown + style.top);
}

/** Half width of head and hair above the eyes: an ellipse, wider and taller than the skull's. */
function dome({ person, style }: { person: Person; style: Style }, v: number): number {
  const up = v / (person.crown + style.top);
  return (person.width * 1.02 + style.side) * Math.sqrt(Math.max(0, 1 - up * up));
}

/** Brightness of strands: along the fall of the hair, or in curls. */
function strandsAt({ person, noise }: Tools, { u, v }: { u: number; v: number }): number {
  const flow = Math.atan2(u, 1.9 + v * 0.4);
  const bend = noise(u * 2.2 + 7, v * 2.2) * (0.08 + person.curl * 0.5);
  const straight = fractal(noise, { x: (flow + bend) * 44, y: v * 2.4, octaves: 3 });
  const curly = fractal(noise, { x: u * 11, y: v * 11, octaves: 3 });
  return straight * (1 - person.curl) + curly * person.curl;
}

function behind(tools: Tools): Layer {
  const { person, noise, style } = tools;
  if (person.hairKind === "bald") return () => 0;
  const long = person.hairKind === "long" || person.hairKind === "parted";
  return ({ u, v, paint }) => {
    if (v < crownOf(person, style)) return 0;
    const wobble = noise(u * 5, v * 5) * 0.05 * style.rough + noise(u * 14, v * 14) * 0.05 * style.rough * person.curl;
    const hang = person.width * 1.02 * (1 + (long ? 0.06 * v : -0.1 * v)) + style.side;
    const width = (v < 0 ? dome({ person, style }, v) : hang) + wobble;
    const end = style.reach + noise(u * 6, 3) * 0.2;
    const cover = step(width + 0.02, width - 0.03, Math.abs(u)) * step(end + 0.08, end - 0.08, v);
    if (cover <= 0) return 0;
    const strands = strandsAt(tools, { u, v });
    tint(paint, person.hair, 0.7 + 0.9 * strands + 0.2);
    paint.height = 0.25 + 0.06 * strands;
    paint.shine = 0.12;
    return cover;
  };
}

function front(tools: Tools): Layer {
  const { person, noise, style } = tools;
  if (person.hairKind === "bald") return () => 0;
  const { parting, hairline } = person;
  return ({ u, v, paint }) => {
    if (v > style.reach + 0.2 || v < crownOf(person, style)) return 0;
    const outer = dome({ person, style }, v) + noise(u * 6, v * 6) * 0.05 * style.rough;
    const inEdge = edgeOf(tools, { u, v, parting, hairline });
    const outside = v < 0 ? step(outer + 0.02, outer - 0.03, Math.abs(u)) : 1;
    const cover = inEdge * outside;
    if (cover <= 0.01) return 0;
    const strands = strandsAt(tools, { u, v });
    tint(paint, person.hair, 0.85 + 1.1 * strands);
    paint.height = faceHeight(person, { u: u * 0.9, v: Math.max(v, -1.3) }) + 0.07 + style.top * 0.3 + 0.05 * strands;
    paint.shine = 0.16 + 0.2 * strands;
    return person.hairKind === "shaved" ? cover * 0.65 : cover;
  };
}

/** 1 where hair lies over the forehead and the temples, 0 on the face. */
function edgeOf(
  { person, noise, style }: Tools,
  at: { u: number; v: number; parting: number; hairline: number },
): number {
  const { u, v, parting, hairline } = at;
  const ragged = noise(u * 9, v * 1.5) * 0.09 + noise(u * 26, v * 3) * 0.05;
  const width = headWidth(person, v);
  // The hairline falls from the middle to the temples, then down before the ears.
  const out = Math.min(1.2, Math.abs(u) / Math.max(0.3, person.width));
  const hang =
    person.hairKind === "parted" || person.hairKind === "long" ? 0.25 * step(0.1, 0.9, Math.abs(u - parting)) : 0;
  const corner = person.hairKind === "receding" ? -0.35 * step(0.15, 0.5, out) * (1 - step(0.6, 0.9, out)) : 0;
  const line = hairline + style.fringe + hang + corner + 0.28 * out ** 3 + ragged;
  const top = step(line + 0.07, line - 0.05, v);
  const loose = person.hairKind === "long" || person.hairKind === "parted" ? person.hairOver * (u > 0 ? 1 : 0.4) : 0;
  const strip = width - 0.05 - loose + ragged * (0.5 + loose);
  const end = Math.min(style.reach, person.hairKind === "long" ? 3 : 0.35);
  const side = step(strip - 0.04, strip + 0.03, Math.abs(u)) * step(end + 0.1, end - 0.2, v) * step(-1.2, -0.6, v);
  return Math.max(top, style.side > 0.03 ? side : 0);
}
