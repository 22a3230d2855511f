import { type Colour, mix } from "./canvas.ts";
import type { Random } from "./random.ts";

/** What stays the same between pictures of one drawn person; lengths in head units. */
export interface Person {
  readonly skin: Colour;
  readonly hair: Colour;
  readonly brow: Colour;
  readonly lip: Colour;
  readonly iris: Colour;
  /** Greatest half width at the temples, at the jaw, and where the chin ends. */
  readonly width: number;
  readonly jaw: number;
  readonly chin: number;
  readonly crown: number;
  readonly eyeGap: number;
  readonly eyeWidth: number;
  readonly eyeOpen: number;
  readonly eyeSlant: number;
  readonly browLift: number;
  readonly browWeight: number;
  readonly browArch: number;
  readonly noseLength: number;
  readonly noseWidth: number;
  readonly noseHeight: number;
  readonly mouthAt: number;
  readonly mouthWidth: number;
  readonly lipWeight: number;
  /** 0 young … 1 old. */
  readonly age: number;
  readonly makeUp: number;
  readonly blush: number;
  readonly oil: number;
  readonly freckles: number;
  readonly beard: "none" | "stubble" | "moustache" | "goatee" | "full";
  readonly beardLength: number;
  readonly hairline: number;
  readonly hairKind: HairKind;
  readonly curl: number;
  readonly parting: number;
  /** How far hair at the sides lies over the cheeks. */
  readonly hairOver: number;
  /** 0 retouched … 1 every pore. */
  readonly texture: number;
}

/** How hair lies. */
export type HairKind =
  | "bald"
  | "shaved"
  | "short"
  | "swept"
  | "fringe"
  | "parted"
  | "long"
  | "bun"
  | "afro"
  | "spiky"
  | "receding";

const LIGHT_SKIN: Colour = [0.93, 0.76, 0.66];
const MIDDLE_SKIN: Colour = [0.78, 0.57, 0.43];
const DARK_SKIN: Colour = [0.3, 0.185, 0.13];

const HAIRS: readonly Colour[] = [
  [0.05, 0.045, 0.045],
  [0.07, 0.055, 0.05],
  [0.12, 0.085, 0.065],
  [0.22, 0.14, 0.09],
  [0.38, 0.25, 0.15],
  [0.6, 0.47, 0.3],
  [0.74, 0.62, 0.44],
  [0.42, 0.19, 0.1],
  [0.5, 0.5, 0.5],
  [0.78, 0.78, 0.77],
];
const DYED: readonly Colour[] = [
  [0.6, 0.25, 0.35],
  [0.3, 0.3, 0.55],
  [0.65, 0.6, 0.55],
];
const IRISES: readonly Colour[] = [
  [0.12, 0.07, 0.05],
  [0.2, 0.12, 0.07],
  [0.3, 0.22, 0.13],
  [0.3, 0.4, 0.5],
  [0.3, 0.38, 0.28],
];
const WOMENS_HAIR: readonly HairKind[] = [
  "long",
  "long",
  "long",
  "parted",
  "parted",
  "fringe",
  "bun",
  "bun",
  "swept",
  "afro",
  "short",
];
const MENS_HAIR: readonly HairKind[] = [
  "short",
  "short",
  "short",
  "swept",
  "spiky",
  "fringe",
  "parted",
  "bald",
  "shaved",
  "receding",
  "afro",
];

/** Draws the lots of one person. */
export function drawPerson(random: Random): Person {
  const woman = random.chance(0.5);
  const age = random.next() ** 1.5;
  const hair = random.chance(0.06) ? random.pick(DYED) : random.pick(age > 0.75 ? HAIRS.slice(3) : HAIRS.slice(0, 8));
  const skin = drawSkin(random);
  const painted = woman && random.chance(0.6) ? random.next() : 0;
  return {
    skin,
    hair,
    iris: random.pick(IRISES),
    brow: mix(hair, [0.1, 0.07, 0.06], random.between(0.2, 0.7)),
    lip: lipColour(random, { skin, painted }),
    ...drawShape(random, woman),
    age,
    makeUp: painted,
    blush: random.next() * (woman ? 0.12 : 0.07),
    oil: random.next() ** 2 * 0.5,
    freckles: random.chance(0.2) ? random.next() : 0,
    beard:
      woman || random.chance(0.45)
        ? "none"
        : random.pick(["stubble", "stubble", "moustache", "goatee", "full", "full"]),
    beardLength: random.next(),
    hairline: -random.between(0.68, 1.02),
    hairKind: random.pick(woman ? WOMENS_HAIR : MENS_HAIR),
    curl: random.next() ** 2,
    parting: random.bell() * 0.35,
    hairOver: random.next() ** 2 * 0.4,
    texture: random.between(0.1, 1.2),
  };
}

function drawSkin(random: Random): Colour {
  const depth = random.next();
  const base =
    depth < 0.55 ? mix(LIGHT_SKIN, MIDDLE_SKIN, depth / 0.55) : mix(MIDDLE_SKIN, DARK_SKIN, (depth - 0.55) / 0.45);
  const warm = random.bell() * 0.025;
  return [base[0] + warm, base[1], base[2] - warm + random.bell() * 0.02];
}

function lipColour(random: Random, { skin, painted }: { skin: Colour; painted: number }): Colour {
  const bare: Colour = [skin[0] * 0.82, skin[1] * 0.58, skin[2] * 0.58];
  const stick: Colour = [random.between(0.5, 0.85), random.between(0.08, 0.35), random.between(0.12, 0.4)];
  return mix(bare, stick, painted * random.between(0.2, 0.9));
}

function drawShape(random: Random, woman: boolean) {
  return {
    width: 1 + random.bell() * 0.03,
    jaw: random.between(woman ? 1.35 : 1.45, woman ? 1.75 : 2.1),
    chin: 1.62 + random.bell() * 0.08,
    crown: 1.36 + random.bell() * 0.06,
    eyeGap: 0.46 + random.bell() * 0.018,
    eyeWidth: 0.215 + random.bell() * 0.016,
    eyeOpen: random.between(0.05, 0.105),
    eyeSlant: random.bell() * 0.03,
    browLift: 0.27 + random.bell() * 0.04,
    browWeight: random.between(woman ? 0.025 : 0.04, woman ? 0.055 : 0.085),
    browArch: random.between(0.02, 0.1),
    noseLength: 0.56 + random.bell() * 0.05,
    noseWidth: random.between(0.15, 0.25),
    noseHeight: random.between(0.15, 0.32),
    mouthAt: 1.06 + random.bell() * 0.05,
    mouthWidth: 0.37 + random.bell() * 0.04,
    lipWeight: random.between(0.045, 0.11),
  };
}

/** Half width of the head at a height. */
export function headWidth(person: Person, v: number): number {
  if (v < 0) return person.width * 1.02 * Math.sqrt(Math.max(0, 1 - (v / person.crown) ** 2));
  const down = Math.min(1, v / person.chin);
  return person.width * 1.02 * Math.max(0, 1 - down ** (person.jaw + 0.9)) ** (1 / person.jaw);
}
