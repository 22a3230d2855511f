import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { drawFace } from "@sameface/engine";
import sharp from "sharp";

/** One picture of the run: the same bytes for everybody. */
export interface BenchPicture {
  readonly file: string;
  readonly bytes: Uint8Array;
  /** Whose face it is. */
  readonly identity: string;
  readonly session: string;
}

const FACES = resolve(import.meta.dirname, "../..", process.env["SAMEFACE_TEST_DATA"] ?? "shared/data", "faces");
// A phone held upright, as a capture page sends it.
const SIZE = { width: 720, height: 960 } as const;
const PEOPLE = 8;
const PER_PERSON = 3;

/** Webcam frames of the development pictures as JPEG of 720×960; drawn faces where those are not at hand. */
export async function benchPictures(): Promise<{ readonly kind: string; readonly pictures: readonly BenchPicture[] }> {
  const folder = mkdtempSync(join(tmpdir(), "sameface-bench-"));
  const labels = join(FACES, "labels.csv");
  const sources = existsSync(labels) ? webcamFrames(readFileSync(labels, "utf8")) : drawnFrames();
  const pictures = await Promise.all(
    sources.map(async ({ identity, session, bytes }, index) => {
      const jpeg = await sharp(bytes)
        .resize({ ...SIZE, fit: "cover" })
        .jpeg({ quality: 90 })
        .toBuffer();
      const file = join(folder, `${index}.jpg`);
      writeFileSync(file, jpeg);
      return { file, bytes: jpeg, identity, session };
    }),
  );
  return { kind: existsSync(labels) ? "webcam frames" : "drawn faces", pictures };
}

type Source = Omit<BenchPicture, "file">;

function webcamFrames(text: string): readonly Source[] {
  const rows = text
    .trim()
    .split("\n")
    .map((line) => line.split(","))
    .filter(([path = "", task]) => task === "pairs" && path.includes("nuaa"));
  const people = [...new Set(rows.map((row) => row[3] ?? ""))].slice(0, PEOPLE);
  return people.flatMap((identity) => {
    const own = rows.filter((row) => row[3] === identity);
    // Spread over the sessions: first, middle, last.
    const picked = [own[0], own[own.length >> 1], own.at(-1)].slice(0, PER_PERSON);
    return picked.flatMap((row) =>
      row === undefined ? [] : [{ identity, session: row[4] ?? "", bytes: readFileSync(join(FACES, row[0] ?? "")) }],
    );
  });
}

function drawnFrames(): readonly Source[] {
  return Array.from({ length: PEOPLE * PER_PERSON }, (_, index) => {
    const take = index % PER_PERSON;
    const seed = 1 + Math.floor(index / PER_PERSON);
    return { identity: `drawn ${seed}`, session: String(take), bytes: Buffer.from(drawFace(seed, { take, ...SIZE })) };
  });
}
