import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import sharp from "sharp";

/** The pictures of the demo, and where they are from, in words for the person who watches. */
export interface DemoPictures {
  readonly source: string;
  readonly enrolled: Buffer;
  /** The same person on another photograph. */
  readonly again: Buffer;
  /** Somebody else. */
  readonly other: Buffer;
  /** A face that is not live; drawn, since no photograph of a real attack is at hand. */
  readonly drawnFace: Buffer;
  /** No face at all; drawn. */
  readonly landscape: Buffer;
}

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

/** Cuts the photographs and renders the drawings; `null` where the package with the photographs is not installed. */
export async function loadDemoPictures(drawnFaceSvg: string): Promise<DemoPictures | null> {
  const folder = photographs();
  if (folder === null) return null;
  const cut = ({ file, left, top, side }: Cut): Promise<Buffer> =>
    sharp(path.join(folder, file)).extract({ left, top, width: side, height: side }).jpeg({ quality: 92 }).toBuffer();
  return {
    source: "photographs shipped by the npm package @vladmandic/face-api",
    enrolled: await cut(CUTS.enrolled),
    again: await cut(CUTS.again),
    other: await cut(CUTS.other),
    drawnFace: await sharp(Buffer.from(drawnFaceSvg)).jpeg({ quality: 92 }).toBuffer(),
    landscape: await sharp(Buffer.from(LANDSCAPE)).jpeg({ quality: 92 }).toBuffer(),
  };
}

function photographs(): string | null {
  try {
    const root = path.dirname(createRequire(import.meta.url).resolve("@vladmandic/face-api/package.json"));
    return existsSync(path.join(root, "demo", CUTS.enrolled.file)) ? path.join(root, "demo") : null;
  } catch {
    return null;
  }
}

const LANDSCAPE = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480">
  <rect width="640" height="300" fill="#9cc9ee"/><rect y="300" width="640" height="180" fill="#5f8f4e"/>
  <path d="M0 300 L160 150 L300 300 Z M220 300 L420 110 L640 300 Z" fill="#7a7f88"/>
</svg>`;
