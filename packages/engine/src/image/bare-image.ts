import { DEFAULT_LIMITS } from "../limits.ts";
import { type ImageFormat, imageFormat } from "./image-format.ts";
import { readHeader } from "./read-header.ts";

/** A picture file without what it tells beside the picture. */
export interface BareImage {
  readonly format: ImageFormat;
  /** EXIF orientation, 1…8: it was among what is gone. */
  readonly orientation: number;
  readonly bytes: Uint8Array;
}

/**
 * Copies of a file what its decoding needs: no EXIF, place, time, device, text or second picture. Nothing is decoded.
 * @returns `null` where the header can't be read
 */
export function bareImage(file: Uint8Array): BareImage | null {
  const format = imageFormat(file);
  if (format === null) return null;
  const { header } = readHeader(file, { format, limits: DEFAULT_LIMITS });
  if (header === null) return null;
  return { format, orientation: header.orientation, bytes: new Uint8Array(Buffer.concat(header.parts)) };
}
