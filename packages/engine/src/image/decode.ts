import sharp from "sharp";
import type { Picture, Pixels } from "../picture.ts";
import type { Header } from "./header.ts";
import { turnUpright } from "./turn-upright.ts";

/** Sides of the square into which every picture is fitted before it is measured. @see engine.md §3 */
const FIT_PX = 960;
const BACKGROUND = "#808080";
const LOADERS = ["VipsForeignLoadJpegBuffer", "VipsForeignLoadPngBuffer", "VipsForeignLoadWebpBuffer"];

/**
 * Closes every decoder of this process but the three that read JPEG, PNG and WebP out of memory, and keeps the
 * library to one thread and no cache. To be called once, before the first picture, in a child process only.
 */
export function confineDecoder(): void {
  // First everything, then three again: a list of what to block would miss the loader that comes next year.
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: LOADERS });
  sharp.cache(false);
  sharp.concurrency(1);
}

/**
 * Decodes what the header walk kept: fitted into 960×960 without enlarging, upright, sRGB, transparency on grey.
 * @returns `null` when the decoder warns or fails: the file is corrupt
 */
export async function decode(header: Header, options: { readonly maxPixels: number }): Promise<Picture | null> {
  const decoded = await decodePixels(header, options);
  if (decoded === null) return null;
  const pixels = turnUpright(decoded, header.orientation);
  // Rounding makes the two sides differ in the third decimal; the longer one is the truer.
  const scale = Math.max(header.width, header.height) / Math.max(pixels.width, pixels.height);
  return { ...pixels, scale };
}

async function decodePixels(header: Header, options: { readonly maxPixels: number }): Promise<Pixels | null> {
  const input = {
    failOn: "warning",
    unlimited: false,
    pages: 1,
    limitInputPixels: options.maxPixels,
    autoOrient: false,
  } as const;
  try {
    const { data, info } = await sharp(Buffer.concat(header.parts), input)
      .resize({ width: FIT_PX, height: FIT_PX, fit: "inside", withoutEnlargement: true })
      .flatten({ background: BACKGROUND })
      .toColourspace("srgb")
      .removeAlpha()
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    // Any other number of channels would be read as shifted colours.
    return info.channels === 3 ? { width: info.width, height: info.height, rgb: data } : null;
  } catch {
    // The library's message may quote the file; the code says what the caller can use.
    return null;
  }
}
