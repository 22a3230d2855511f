import { writeFile } from "node:fs/promises";
import { drawFace } from "@sameface/engine";
import sharp from "sharp";

const WIDTH = 640;
const HEIGHT = 480;
const FRAMES = 24;

/** Who stands before the camera: drawn by code, nobody's face. */
export type DrawnPerson = Parameters<typeof drawFace>[1] & { readonly person: number };

/**
 * A film for Chromium's `--use-file-for-fake-video-capture`: the people side by side, moving a little, with the noise of
 * a sensor, since no camera gives the same frame twice.
 */
export async function writeFilm(file: string, people: readonly DrawnPerson[]): Promise<void> {
  const faces = await Promise.all(
    people.map(async ({ person, ...options }) => {
      const side = people.length === 1 ? 430 : 300;
      return await sharp(Buffer.from(drawFace(person, options)))
        .resize(side, side, { fit: "inside" })
        .png()
        .toBuffer();
    }),
  );
  const frames: Buffer[] = [];
  for (let frame = 0; frame < FRAMES; frame += 1) frames.push(await drawFrame(faces, frame));
  await writeFile(file, Buffer.concat(frames));
}

/** A photograph of somebody, as a file. */
export async function drawnJpeg({ person, ...options }: DrawnPerson): Promise<Buffer> {
  return await sharp(Buffer.from(drawFace(person, options)))
    .jpeg({ quality: 92 })
    .toBuffer();
}

async function drawFrame(faces: readonly Buffer[], frame: number): Promise<Buffer> {
  const sway = Math.round(4 * Math.sin((frame / FRAMES) * 2 * Math.PI));
  const place = WIDTH / (faces.length + 1);
  const layers = await Promise.all(
    faces.map(async (input, at) => {
      const { width, height } = await sharp(input).metadata();
      const left = Math.round(place * (at + 1) - width / 2 + sway);
      return { input, left: Math.max(0, left), top: Math.max(0, Math.round((HEIGHT - height) / 2) - Math.abs(sway)) };
    }),
  );
  const noise = { type: "gaussian", mean: 118 + (frame % 5), sigma: 3 } as const;
  return await sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: "#777777", noise } })
    .composite(layers)
    .jpeg({ quality: 92 })
    .toBuffer();
}
