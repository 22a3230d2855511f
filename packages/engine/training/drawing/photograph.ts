import sharp from "sharp";
import type { Random } from "./random.ts";

/** Rows of pixels, three bytes each. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** What camera and file do to a picture. */
export interface Camera {
  readonly gain: number;
  readonly gamma: number;
  readonly cast: readonly [number, number, number];
  readonly grey: boolean;
  readonly saturation: number;
  readonly noise: number;
  readonly blur: number;
  readonly shrink: number;
  readonly jpeg: number;
  readonly sharpen: boolean;
  readonly seed: number;
}

/** Draws the lots of one camera. */
export function drawCamera(random: Random): Camera {
  const cast = random.chance(0.4) ? 0.09 : 0.025;
  return {
    gain: random.between(0.6, 1.3),
    gamma: random.between(0.7, 1.15),
    cast: [1 + random.bell() * cast, 1, 1 + random.bell() * cast],
    grey: random.chance(0.12),
    saturation: random.between(0.55, 1.15),
    noise: random.chance(0.5) ? random.next() ** 2 * 0.06 : 0.006,
    blur: random.chance(0.6) ? random.between(0.3, 1.3) : 0,
    shrink: random.chance(0.5) ? random.between(0.45, 1) : 1,
    jpeg: Math.round(random.between(35, 95)),
    sharpen: random.chance(0.2),
    seed: Math.floor(random.next() * 1e9),
  };
}

/** From light to a picture as a file would give it: exposure, colour, noise, blur, a smaller size and back, JPEG. */
export async function photograph(
  light: Float32Array,
  options: { readonly width: number; readonly height: number; readonly camera: Camera; readonly random: Random },
): Promise<Raster> {
  const { width, height, camera, random } = options;
  const rgb = develop(light, { camera, random });
  const raw = { width, height, channels: 3 } as const;
  let pipeline = sharp(rgb, { raw });
  if (camera.blur >= 0.3) pipeline = pipeline.blur(camera.blur);
  const smaller = { width: Math.round(width * camera.shrink), height: Math.round(height * camera.shrink) };
  if (camera.shrink < 1) pipeline = pipeline.resize({ ...smaller, fit: "fill" });
  if (camera.sharpen) pipeline = pipeline.sharpen();
  const file = await pipeline.jpeg({ quality: camera.jpeg }).toBuffer();
  const data = await sharp(file).resize({ width, height, fit: "fill" }).raw().toBuffer();
  return { width, height, rgb: data };
}

function develop(light: Float32Array, { camera, random }: { camera: Camera; random: Random }): Uint8Array {
  const { gain, gamma, cast, grey, saturation, noise } = camera;
  const out = new Uint8ClampedArray(light.length);
  const bend = curveTable(gamma);
  const at = (value: number): number => bend[Math.min(TABLE_SIZE - 1, Math.max(0, value * TABLE_UNIT)) | 0] ?? 0;
  const coloured = grey ? 0 : saturation;
  for (let i = 0; i < light.length; i += 3) {
    const red = at((light[i] ?? 0) * gain * cast[0]);
    const green = at((light[i + 1] ?? 0) * gain);
    const blue = at((light[i + 2] ?? 0) * gain * cast[2]);
    const grain = (random.next() + random.next() - 1) * noise * 2;
    const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
    const own = grey ? 0 : noise;
    out[i] = (luma + (red - luma) * coloured + grain + (random.next() - 0.5) * own) * 255;
    out[i + 1] = (luma + (green - luma) * coloured + grain + (random.next() - 0.5) * own) * 255;
    out[i + 2] = (luma + (blue - luma) * coloured + grain + (random.next() - 0.5) * own) * 255;
  }
  return new Uint8Array(out.buffer);
}

const TABLE_UNIT = 1024;
const TABLE_SIZE = 4 * TABLE_UNIT;

/** Light 0…4 → value 0…1. Soft shoulder: highlights are pressed, not cut. */
function curveTable(gamma: number): Float32Array {
  return Float32Array.from({ length: TABLE_SIZE }, (_, i) => {
    const bent = (i / TABLE_UNIT) ** gamma;
    return bent < 0.75 ? bent : 0.75 + 0.25 * (1 - Math.exp(-(bent - 0.75) / 0.25));
  });
}
