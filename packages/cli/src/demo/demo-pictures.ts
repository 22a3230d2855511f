import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { drawFace } from "@sameface/engine";
import sharp from "sharp";

/** The pictures of the demo, and where they are from, in words for the person who watches. */
export interface DemoPictures {
  readonly source: string;
  readonly enrolled: Buffer;
  /** The same person on another picture. */
  readonly again: Buffer;
  /** Somebody else. */
  readonly other: Buffer;
  /** A face that is not live; drawn, since no photograph of a real attack is at hand. */
  readonly drawnFace: Buffer;
  /** Somebody with glasses, somebody with a mask; drawn. */
  readonly drawnLenses: Buffer;
  readonly drawnMask: Buffer;
  /** No face at all; drawn. */
  readonly landscape: Buffer;
}

type People = Pick<DemoPictures, "source" | "enrolled" | "again" | "other">;

/** A square cut from one of the package's photographs, pixels. */
interface Cut {
  readonly file: string;
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/**
 * Photographs that the npm package @vladmandic/face-api ships for its own demo. Measured with our engine: the first two
 * cuts show one person (similarity 0.68, both live 1.00), the third somebody else.
 */
const CUTS = {
  enrolled: { file: "sample1.jpg", left: 1320, top: 240, side: 480 },
  again: { file: "sample3.jpg", left: 840, top: 240, side: 640 },
  other: { file: "sample6.jpg", left: 960, top: 120, side: 480 },
} as const satisfies Record<string, Cut>;

/**
 * Drawn people, measured with our engine: two takes of 12 have similarity 0.99, 12 and 10 have 0.48, the least but one
 * among the first sixteen; the three pictures read as live by 0.86 or more, being drawings.
 */
const DRAWN = {
  enrolled: { person: 12, take: 0 },
  again: { person: 12, take: 1 },
  other: { person: 10, take: 0 },
} as const;

/** Of the drawn people 0…15 this one reads as an attack (live 0.08). */
const DRAWN_ATTACK = 8;

/** Photographs where the package that ships them is installed, drawn faces elsewhere. */
export async function loadDemoPictures(): Promise<DemoPictures> {
  const folder = photographs();
  return {
    ...(folder === null ? await drawnPeople() : await photographedPeople(folder)),
    drawnFace: await rendered(drawFace(DRAWN_ATTACK)),
    drawnLenses: await rendered(drawFace(DRAWN.enrolled.person, { wears: "lenses" })),
    drawnMask: await rendered(drawFace(DRAWN.enrolled.person, { wears: "mask" })),
    landscape: await rendered(LANDSCAPE),
  };
}

async function photographedPeople(folder: string): Promise<People> {
  const cut = ({ file, left, top, side }: Cut): Promise<Buffer> =>
    sharp(path.join(folder, file)).extract({ left, top, width: side, height: side }).jpeg({ quality: 92 }).toBuffer();
  return {
    source: "photographs shipped by the npm package @vladmandic/face-api",
    enrolled: await cut(CUTS.enrolled),
    again: await cut(CUTS.again),
    other: await cut(CUTS.other),
  };
}

async function drawnPeople(): Promise<People> {
  const draw = ({ person, take }: { person: number; take: number }): Promise<Buffer> =>
    rendered(drawFace(person, { take }));
  return {
    source: "faces drawn by code, nobody's; with npm install @vladmandic/face-api it takes that package's photographs",
    enrolled: await draw(DRAWN.enrolled),
    again: await draw(DRAWN.again),
    other: await draw(DRAWN.other),
  };
}

function rendered(svg: string): Promise<Buffer> {
  return sharp(Buffer.from(svg)).jpeg({ quality: 92 }).toBuffer();
}

/** Looked for beside this package and, as `npx` may keep it elsewhere, where the command was started. */
function photographs(): string | null {
  for (const from of [import.meta.url, path.join(process.cwd(), "package.json")]) {
    try {
      const root = path.dirname(createRequire(from).resolve("@vladmandic/face-api/package.json"));
      if (existsSync(path.join(root, "demo", CUTS.enrolled.file))) return path.join(root, "demo");
    } catch {
      // Not installed there.
    }
  }
  return null;
}

const LANDSCAPE = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480">
  <rect width="640" height="300" fill="#9cc9ee"/><rect y="300" width="640" height="180" fill="#5f8f4e"/>
  <path d="M0 300 L160 150 L300 300 Z M220 300 L420 110 L640 300 Z" fill="#7a7f88"/>
</svg>`;
