import { type DrawnWear, drawWear } from "./drawn-wear.ts";

/** How a drawn face is placed. */
export interface DrawnFaceOptions {
  /** Pixels; default 480 × 640. */
  readonly width?: number;
  readonly height?: number;
  /** Width of the head ÷ width of the picture; default 0.34. */
  readonly headFraction?: number;
  /** Centre of the head as fractions of the picture; default 0.5 and 0.47. */
  readonly x?: number;
  readonly y?: number;
  /** Degrees clockwise; default 0. */
  readonly tilt?: number;
  /** Another picture of the same drawn person: light, grain and background differ; default 0. */
  readonly take?: number;
  /** What the drawn person wears; default nothing. */
  readonly wears?: DrawnWear;
}

type Skin = readonly [light: string, middle: string, dark: string];

const SKINS: readonly [Skin, ...Skin[]] = [
  ["#f6d7bd", "#d9a27c", "#b97a58"],
  ["#e3b48d", "#bf8a60", "#94603c"],
  ["#b9825a", "#8d5b3a", "#663d25"],
  ["#84563a", "#603a25", "#402517"],
];
const HAIRS = ["#1d1714", "#3a2618", "#5a3a20", "#8a6a40", "#77736e"] as const;
const IRISES = ["#4a2f1c", "#6b4a2b", "#4f6a7d", "#5b6b46"] as const;
const SHIRTS = ["#2f3e57", "#5d2f37", "#3c5240", "#55555c", "#82795f"] as const;
const WALLS = ["#b9b7b0", "#9fa9b0", "#c4bcae", "#8f9892"] as const;

/**
 * A face drawn by code, as the text of an SVG picture: nobody's, so it can be kept, shown and shipped. The same
 * arguments give the same text.
 * @param seed a whole number; it makes the drawn person
 * @example
 * ```ts
 * const jpeg = await sharp(Buffer.from(drawFace(7))).jpeg().toBuffer();
 * ```
 */
export function drawFace(seed: number, options: DrawnFaceOptions = {}): string {
  const { width = 480, height = 640, headFraction = 0.34, x = 0.5, y = 0.47, tilt = 0, take = 0, wears } = options;
  const person = drawPerson(createRandom(seed));
  const scene = createRandom(seed * 1009 + take + 1);
  const scale = (width * headFraction) / 200;
  const place = `translate(${fixed(width * x)} ${fixed(height * y)}) rotate(${fixed(tilt)}) scale(${fixed(scale)})`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    definitions(person, { scene, grain: Math.floor(scene() * 10_000) }),
    `<rect width="${width}" height="${height}" fill="${pick(WALLS, scene())}"/>`,
    `<rect width="${width}" height="${height}" fill="url(#wall)"/>`,
    `<g filter="url(#soft)"><g transform="${place}">${shoulders(person)}${head(person)}${wears === undefined ? "" : drawWear(wears, person)}</g></g>`,
    `<rect width="${width}" height="${height}" filter="url(#grain)" opacity="0.16"/>`,
    "</svg>",
  ].join("\n");
}

type Random = () => number;

/** mulberry32: small, and the same on every machine. */
function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What stays the same from one picture of a drawn person to the next; lengths in units of a 200-wide head. */
interface Person {
  readonly skin: Skin;
  readonly hair: string;
  readonly iris: string;
  readonly shirt: string;
  readonly jaw: number;
  readonly chin: number;
  readonly eyeGap: number;
  readonly eyeSize: number;
  readonly browLift: number;
  readonly browWeight: number;
  readonly noseLength: number;
  readonly noseWidth: number;
  readonly mouthWidth: number;
  readonly lip: number;
  readonly fringe: number;
}

function drawPerson(random: Random): Person {
  const between = (low: number, high: number): number => low + (high - low) * random();
  return {
    skin: pick(SKINS, random()),
    hair: pick(HAIRS, random()),
    iris: pick(IRISES, random()),
    shirt: pick(SHIRTS, random()),
    jaw: between(66, 80),
    chin: between(128, 142),
    eyeGap: between(40, 47),
    eyeSize: between(17, 21),
    browLift: between(20, 27),
    browWeight: between(5, 9),
    noseLength: between(48, 60),
    noseWidth: between(19, 27),
    mouthWidth: between(32, 42),
    lip: between(8, 13),
    fringe: between(-92, -72),
  };
}

function pick<T>(list: readonly [T, ...T[]], share: number): T {
  return list[Math.min(list.length - 1, Math.floor(share * list.length))] ?? list[0];
}

function fixed(value: number): string {
  return String(Number(value.toFixed(2)));
}

function definitions(person: Person, { scene, grain }: { scene: Random; grain: number }): string {
  const [light, middle, dark] = person.skin;
  const side = scene() < 0.5 ? 0.36 : 0.62;
  return `<defs>
<linearGradient id="wall" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#fff" stop-opacity="${fixed(0.15 + 0.2 * scene())}"/><stop offset="1" stop-color="#000" stop-opacity="${fixed(0.15 + 0.2 * scene())}"/></linearGradient>
<radialGradient id="skin" cx="${side}" cy="0.36" r="0.78"><stop offset="0" stop-color="${light}"/><stop offset="0.6" stop-color="${middle}"/><stop offset="1" stop-color="${dark}"/></radialGradient>
<linearGradient id="neck" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${dark}"/><stop offset="1" stop-color="${middle}"/></linearGradient>
<linearGradient id="nose" x1="0" y1="0" x2="1" y2="0"><stop offset="0" stop-color="${dark}" stop-opacity="0.5"/><stop offset="0.45" stop-color="${light}" stop-opacity="0.75"/><stop offset="1" stop-color="${dark}" stop-opacity="0.55"/></linearGradient>
<filter id="soft"><feGaussianBlur stdDeviation="0.8"/></filter>
<filter id="shade" x="-50%" y="-50%" width="200%" height="200%"><feGaussianBlur stdDeviation="6"/></filter>
<filter id="grain"><feTurbulence type="fractalNoise" baseFrequency="0.8" numOctaves="2" seed="${grain}"/><feColorMatrix type="saturate" values="0.3"/></filter>
</defs>`;
}

function shoulders({ shirt, jaw }: Person): string {
  const neck = jaw * 0.72;
  return `<path d="M-230 420 C-225 250 -150 215 ${fixed(-neck)} 190 L${fixed(neck)} 190 C150 215 225 250 230 420 Z" fill="${shirt}"/>
<path d="M${fixed(-neck)} 70 L${fixed(-neck)} 195 Q0 250 ${fixed(neck)} 195 L${fixed(neck)} 70 Z" fill="url(#neck)"/>`;
}

function head(person: Person): string {
  const { jaw, chin, hair, fringe, skin } = person;
  const outline = `M-100 -20 C-100 -150 100 -150 100 -20 C101 40 ${fixed(jaw + 16)} 85 ${fixed(jaw * 0.62)} ${fixed(chin - 12)} Q0 ${fixed(chin + 16)} ${fixed(-jaw * 0.62)} ${fixed(chin - 12)} C${fixed(-jaw - 16)} 85 -101 40 -100 -20 Z`;
  return `<ellipse cx="-101" cy="12" rx="13" ry="27" fill="${skin[1]}"/><ellipse cx="101" cy="12" rx="13" ry="27" fill="${skin[2]}"/>
<path d="M-112 10 C-128 -190 128 -190 112 10 Q106 -40 96 -60 L-96 -60 Q-106 -40 -112 10 Z" fill="${hair}"/>
<path d="${outline}" fill="url(#skin)"/>
<path d="M-104 -30 C-116 -172 116 -172 104 -30 C92 -78 60 ${fixed(fringe - 10)} 10 ${fixed(fringe)} C-40 ${fixed(fringe - 4)} -88 -80 -104 -30 Z" fill="${hair}"/>
${shading(person)}${eye(person, -1)}${eye(person, 1)}${nose(person)}${mouth(person)}`;
}

function shading({ skin, eyeGap, chin }: Person): string {
  const dark = skin[2];
  return `<g filter="url(#shade)" fill="${dark}"><ellipse cx="${fixed(-eyeGap)}" cy="-4" rx="27" ry="15" opacity="0.45"/><ellipse cx="${fixed(eyeGap)}" cy="-4" rx="27" ry="15" opacity="0.45"/><ellipse cx="0" cy="${fixed(chin - 22)}" rx="22" ry="6" opacity="0.5"/><ellipse cx="-70" cy="62" rx="16" ry="34" opacity="0.3"/><ellipse cx="72" cy="62" rx="16" ry="34" opacity="0.4"/></g>`;
}

/** @param side −1 the picture's left, 1 its right */
function eye(person: Person, side: -1 | 1): string {
  const { eyeGap, eyeSize: size, browLift, browWeight, hair, iris, skin } = person;
  const at = `translate(${fixed(side * eyeGap)} 0) scale(${side} 1)`;
  const lids = `M${fixed(-size)} 2 Q${fixed(-size * 0.3)} ${fixed(-size * 0.62)} ${fixed(size * 0.45)} ${fixed(-size * 0.42)} Q${fixed(size * 0.8)} ${fixed(-size * 0.25)} ${fixed(size)} 0 Q${fixed(size * 0.2)} ${fixed(size * 0.5)} ${fixed(-size)} 2 Z`;
  return `<g transform="${at}"><path d="${lids}" fill="#efe9e4"/>
<circle cx="0" cy="-1" r="${fixed(size * 0.43)}" fill="${iris}"/><circle cx="0" cy="-1" r="${fixed(size * 0.2)}" fill="#0c0a09"/><circle cx="${side * 3}" cy="-4" r="2" fill="#fff"/>
<path d="${lids}" fill="none" stroke="${skin[2]}" stroke-width="1.6"/>
<path d="M${fixed(-size)} 2 Q${fixed(-size * 0.3)} ${fixed(-size * 0.62)} ${fixed(size * 0.45)} ${fixed(-size * 0.42)} Q${fixed(size * 0.8)} ${fixed(-size * 0.25)} ${fixed(size)} 0" fill="none" stroke="#1a1210" stroke-width="2.6"/>
<path d="M${fixed(-size * 1.2)} ${fixed(-browLift + 5)} Q${fixed(size * 0.2)} ${fixed(-browLift - 8)} ${fixed(size * 1.35)} ${fixed(-browLift + 4)}" fill="none" stroke="${hair}" stroke-width="${fixed(browWeight)}" stroke-linecap="round" opacity="0.85"/></g>`;
}

function nose({ noseLength: length, noseWidth: width, skin }: Person): string {
  return `<path d="M-8 -8 Q-9 ${fixed(length * 0.6)} ${fixed(-width * 0.8)} ${fixed(length)} Q0 ${fixed(length + 10)} ${fixed(width * 0.8)} ${fixed(length)} Q9 ${fixed(length * 0.6)} 8 -8 Z" fill="url(#nose)" opacity="0.7"/>
<path d="M${fixed(-width)} ${fixed(length)} Q${fixed(-width * 0.9)} ${fixed(length - 10)} ${fixed(-width * 0.6)} ${fixed(length - 12)} M${fixed(width)} ${fixed(length)} Q${fixed(width * 0.9)} ${fixed(length - 10)} ${fixed(width * 0.6)} ${fixed(length - 12)} M${fixed(-width)} ${fixed(length)} Q${fixed(-width * 0.5)} ${fixed(length + 9)} 0 ${fixed(length + 6)} Q${fixed(width * 0.5)} ${fixed(length + 9)} ${fixed(width)} ${fixed(length)}" fill="none" stroke="${skin[2]}" stroke-width="2.6"/>
<ellipse cx="${fixed(-width * 0.48)}" cy="${fixed(length + 2)}" rx="5" ry="2.6" fill="#24120c" opacity="0.75"/><ellipse cx="${fixed(width * 0.48)}" cy="${fixed(length + 2)}" rx="5" ry="2.6" fill="#24120c" opacity="0.75"/>`;
}

function mouth({ mouthWidth: wide, lip, noseLength }: Person): string {
  const y = noseLength + 33;
  return `<path d="M${fixed(-wide)} ${fixed(y)} Q${fixed(-wide * 0.3)} ${fixed(y - lip)} 0 ${fixed(y - lip * 0.65)} Q${fixed(wide * 0.3)} ${fixed(y - lip)} ${fixed(wide)} ${fixed(y)} Q0 ${fixed(y + 3)} ${fixed(-wide)} ${fixed(y)} Z" fill="#9c4f4a"/>
<path d="M${fixed(-wide)} ${fixed(y)} Q0 ${fixed(y + lip * 2)} ${fixed(wide)} ${fixed(y)} Q0 ${fixed(y + 3)} ${fixed(-wide)} ${fixed(y)} Z" fill="#b3655e"/>
<path d="M${fixed(-wide)} ${fixed(y)} Q0 ${fixed(y + 4)} ${fixed(wide)} ${fixed(y)}" fill="none" stroke="#3b1715" stroke-width="2.2"/>`;
}
