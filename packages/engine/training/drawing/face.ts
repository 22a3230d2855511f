import { bell, type Colour, hill, type Layer, step, tint } from "./canvas.ts";
import { fractal, type Noise } from "./noise.ts";
import { headWidth, type Person } from "./person.ts";

/** What changes in a face from one picture to the next. */
export interface Expression {
  /** 0 closed … 1 as open as the person's eyes are. */
  readonly eyes: number;
  /** −1 … 1, to the side. */
  readonly gaze: number;
  readonly smile: number;
  /** 0 closed … 1 wide open; teeth show from 0.2. */
  readonly mouth: number;
  readonly frown: number;
}

/** The bare head without hair: skin with its hills, lines, eyes, brows, mouth, beard. */
export function faceLayers(person: Person, { noise, expression }: { noise: Noise; expression: Expression }): Layer[] {
  const tools = { person, noise, expression };
  return [
    ears(tools),
    skin(tools),
    eye(tools, -1),
    eye(tools, 1),
    brow(tools, -1),
    brow(tools, 1),
    mouth(tools),
    beard(tools),
  ];
}

interface Tools {
  readonly person: Person;
  readonly noise: Noise;
  readonly expression: Expression;
}

/** Height of the head at a point, with every hill and hollow of the face. */
export function faceHeight(person: Person, { u, v }: { u: number; v: number }): number {
  const width = Math.max(0.05, headWidth(person, v));
  const dome = Math.sqrt(Math.max(0, 1 - (u / width) ** 2));
  const rise = Math.sqrt(Math.max(0.1, 1 - ((v - 0.1) / 1.85) ** 2));
  const au = Math.abs(u);
  return 0.95 * dome * rise + noseHeight(person, { u, v }) + faceHills(person, { au, v });
}

function noseHeight(person: Person, { u, v }: { u: number; v: number }): number {
  const { noseLength, noseHeight: high, noseWidth } = person;
  if (v < -0.4 || v > noseLength + 0.3) return 0;
  const along = step(-0.35, noseLength, v);
  const under = 1 - step(noseLength - 0.04, noseLength + 0.17, v);
  const ridge = high * (0.18 + 0.6 * along) * bell(u / (0.09 + 0.09 * along)) * under * step(-0.4, -0.1, v);
  const tip = high * 0.42 * hill(u / 0.13, (v - noseLength) / 0.13);
  const wing = 0.1 * hill((Math.abs(u) - noseWidth * 0.8) / 0.075, (v - noseLength - 0.05) / 0.085);
  return ridge + tip + wing;
}

function faceHills(person: Person, { au, v }: { au: number; v: number }): number {
  const { eyeGap, browLift, mouthAt, lipWeight, chin, age } = person;
  const socket = -0.11 * hill((au - eyeGap) / 0.24, (v + 0.02) / 0.15) + 0.055 * hill((au - eyeGap) / 0.16, v / 0.1);
  const ridge = 0.05 * hill((au - 0.4) / 0.34, (v + browLift) / 0.1);
  const cheek = 0.06 * hill((au - 0.62) / 0.25, (v - 0.4) / 0.25);
  const lips =
    0.045 * hill(au / 0.34, (v - mouthAt + lipWeight * 0.8) / 0.06) +
    0.055 * hill(au / 0.28, (v - mouthAt - lipWeight) / 0.07) -
    0.05 * hill(au / 0.36, (v - mouthAt) / 0.025);
  const pad = 0.07 * hill(au / 0.2, (v - chin + 0.15) / 0.13) - 0.035 * hill(au / 0.25, (v - mouthAt - 0.22) / 0.06);
  const bags = -0.02 * age * bell((v - 0.17 + 0.2 * (au - eyeGap) ** 2) / 0.025) * bell((au - eyeGap) / 0.2);
  const fold =
    -(0.004 + 0.03 * age) * bell((au - 0.22 - (v - 0.62) * 0.42) / 0.045) * step(0.5, 0.7, v) * (1 - step(1, 1.2, v));
  return socket + ridge + cheek + lips + pad + bags + fold;
}

function skin({ person, noise }: Tools): Layer {
  const { skin: tone, blush, age, freckles, oil, eyeGap, noseLength, noseWidth, texture } = person;
  return ({ u, v, paint }) => {
    const width = headWidth(person, v);
    const cover = 1 - step(width - 0.02, width + 0.01, Math.abs(u));
    if (cover <= 0) return 0;
    const au = Math.abs(u);
    const patch = fractal(noise, { x: u * 3, y: v * 3, octaves: 3 }) * 0.08;
    const pores = noise(u * 38 + 90, v * 38) * (0.02 + 0.03 * age);
    const red = blush * (hill((au - 0.55) / 0.3, (v - 0.45) / 0.25) + hill(u / 0.2, (v - noseLength) / 0.15));
    const spots = freckles * 0.18 * step(0.45, 0.8, noise(u * 16, v * 16 + 40)) * hill(u / 0.8, (v - 0.3) / 0.4);
    const ring =
      -(0.06 + 0.12 * age) * hill((au - eyeGap) / 0.26, (v - 0.1) / 0.12) -
      0.1 * hill((au - eyeGap) / 0.25, (v + 0.1) / 0.08);
    const lines =
      age > 0.45
        ? -0.1 * (age - 0.4) * bell(Math.sin(v * 26 + u * u * 2 + noise(u * 3, v) * 0.6) * 1.6) * step(-0.35, -0.5, v)
        : 0;
    const nostril = 0.75 * hill((au - noseWidth * 0.45) / 0.06, (v - noseLength - 0.085) / 0.028);
    const rim = 0.3 * hill((au - noseWidth * 0.98) / 0.03, (v - noseLength - 0.05) / 0.09);
    const level = (1 + (patch + pores + ring + lines) * texture - spots) * (1 - nostril) * (1 - rim);
    paint.red = tone[0] * level * (1 + red * 0.4);
    paint.green = tone[1] * level * (1 - red);
    paint.blue = tone[2] * level * (1 - red * 0.8);
    paint.height = faceHeight(person, { u, v });
    paint.shine = (0.06 + oil) * (0.6 + 0.4 * noise(u * 8, v * 8));
    return cover;
  };
}

function ears({ person }: Tools): Layer {
  const { skin: tone, width } = person;
  return ({ u, v, paint }) => {
    const x = (Math.abs(u) - width * 1.03) / 0.13;
    const y = (v - 0.22) / 0.34;
    const distance = x * x + y * y;
    if (distance > 1.1) return 0;
    tint(paint, tone, 0.78 + 0.22 * step(0.2, 0.8, distance));
    paint.red *= 1.05;
    paint.height = 0.1 + 0.12 * distance;
    return 1 - step(0.9, 1.1, distance);
  };
}

function eye({ person, expression }: Tools, side: -1 | 1): Layer {
  const { eyeGap, eyeWidth, eyeOpen, eyeSlant, iris, skin: tone, makeUp, noseLength } = person;
  const open = eyeOpen * expression.eyes;
  const radius = Math.min(0.11, eyeWidth * 0.48);
  return ({ u, v, paint, below }) => {
    const x = (u * side - eyeGap) / eyeWidth;
    if (x < -1.5 || x > 1.6 || v > noseLength || v < -0.4) return 0;
    const middle = -eyeSlant * x;
    const arch = Math.max(0, 1 - x * x);
    const upper = middle - open * 1.15 * arch ** 0.7;
    const lower = middle + open * 0.75 * arch;
    const lash = (0.014 + 0.016 * makeUp) * step(1.2, 0.6, Math.abs(x));
    const crease = 0.5 * bell((v - upper + 0.055) / 0.014) * step(1.25, 0.9, Math.abs(x));
    if (v < upper - lash || Math.abs(x) > 1 || v > lower + 0.012) {
      const lid = makeUp * 0.5 * hill(x / 0.9, (v - upper + 0.04) / 0.05);
      const dark = Math.max(crease * 0.6, lid);
      if (dark < 0.02) return 0;
      tint(paint, tone, 0.45);
      paint.height = below;
      return dark;
    }
    const gx = x * eyeWidth - expression.gaze * 0.07 * side;
    const round = Math.hypot(gx, v - middle + 0.01);
    if (v < upper) tint(paint, [0.07, 0.05, 0.045]);
    else if (v > lower) tint(paint, tone, 0.62);
    else if (round < radius * 0.42) tint(paint, [0.02, 0.02, 0.02]);
    else if (round < radius) tint(paint, iris, 0.6 + 0.6 * (1 - round / radius));
    else tint(paint, [0.8, 0.76, 0.74], 0.65 + 0.35 * step(upper, upper + 0.05, v));
    const glint = hill((gx + 0.03) / 0.018, (v - middle + 0.04) / 0.018);
    paint.red += glint * 0.9;
    paint.green += glint * 0.9;
    paint.blue += glint * 0.9;
    paint.flat = glint * 0.8;
    paint.height = below;
    return 1;
  };
}

function brow({ person, noise, expression }: Tools, side: -1 | 1): Layer {
  const { eyeGap, browLift, browWeight, browArch, brow: colour } = person;
  return ({ u, v, paint, below }) => {
    const x = (u * side - eyeGap) / 0.34;
    if (Math.abs(x) > 1.1 || v > 0.1 || v < -0.7) return 0;
    const middle = -browLift - browArch * (1 - (x - 0.25) ** 2) + 0.05 * expression.frown * step(0.2, -1, x);
    const weight = browWeight * (1 - 0.55 * step(-0.2, 1.05, x));
    const strands = noise(u * 30 + v * 25, v * 70);
    const cover = bell((v - middle) / weight) * (0.75 + 0.35 * strands) * step(1.1, 0.85, Math.abs(x));
    if (cover < 0.03) return 0;
    tint(paint, colour, 1 + 0.3 * strands);
    paint.height = below + 0.01;
    return Math.min(0.95, cover);
  };
}

const TEETH: Colour = [0.85, 0.82, 0.76];

function mouth({ person, expression }: Tools): Layer {
  const { mouthAt, mouthWidth, lipWeight, lip, makeUp } = person;
  const { smile, mouth: open } = expression;
  const wide = mouthWidth * (1 + 0.18 * smile);
  return ({ u, v, paint, below }) => {
    const x = u / wide;
    if (Math.abs(x) > 1.05 || Math.abs(v - mouthAt) > 0.45) return 0;
    const line = mouthAt - smile * 0.08 * (x * x - 0.3);
    const arch = Math.max(0, 1 - x * x);
    const gap = open * 0.14 * arch;
    const bow = 1 - 0.25 * bell(u / 0.06);
    const top = line - gap * 0.4 - lipWeight * 0.85 * arch ** 0.8 * bow;
    const bottom = line + gap + lipWeight * 1.15 * arch ** 0.7;
    const inside = v > line - gap * 0.4 && v < line + gap && gap > 0.01;
    const cover = step(top - 0.015, top + 0.01, v) * (1 - step(bottom - 0.01, bottom + 0.015, v));
    if (cover <= 0) return 0;
    const seam = gap < 0.015 ? 0.6 * bell((v - line) / 0.014) : 0;
    if (inside && v < line + gap * 0.45 && open > 0.2) tint(paint, TEETH, 0.75);
    else if (inside) tint(paint, [0.16, 0.05, 0.05]);
    else tint(paint, lip, (v < line ? 0.82 : 1) * (1 - seam));
    paint.height = below - (inside ? 0.05 : 0);
    paint.shine = inside ? 0.05 : 0.1 + 0.3 * makeUp;
    return cover * (0.8 + 0.2 * makeUp);
  };
}

function beard({ person, noise }: Tools): Layer {
  const { beard: kind, beardLength, mouthAt, mouthWidth, noseLength, hair, chin } = person;
  if (kind === "none") return () => 0;
  const long = kind === "full" ? 0.06 + 0.3 * beardLength ** 2 : 0.02;
  return ({ u, v, paint, below }) => {
    if (v < 0.25) return 0;
    const au = Math.abs(u);
    const width = headWidth(person, Math.min(v, chin - 0.08)) + 0.05;
    const onLip = hill((au - 0.16) / 0.26, (v - (noseLength + mouthAt) / 2 - 0.05) / 0.085);
    const onChin = hill(u / 0.26, (v - chin + 0.17) / (0.2 + long));
    const edge = 0.42 + 0.55 * (1 - au / width) ** 0.6;
    const onJaw =
      step(edge - 0.06, edge + 0.1, v) * step(width, width - 0.07, au) * step(chin + long + 0.02, chin + long - 0.1, v);
    const lips = hill(u / (mouthWidth * 0.95), (v - mouthAt - 0.015) / 0.1);
    const area = kind === "moustache" ? onLip : kind === "goatee" ? Math.max(onLip, onChin) : Math.max(onLip, onJaw);
    const strands = fractal(noise, { x: u * 26 + noise(u * 4, v * 4), y: v * 14, octaves: 2 });
    const density = kind === "stubble" ? 0.35 + 0.3 * beardLength : 0.95;
    const cover = area * (1 - lips) * density * (0.85 + 0.5 * strands);
    if (cover < 0.03) return 0;
    tint(paint, hair, 1 + 0.7 * strands);
    paint.height = below + (kind === "stubble" ? 0 : 0.05 + 0.04 * strands);
    paint.shine = 0.05;
    return Math.min(1, cover);
  };
}
