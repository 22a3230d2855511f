import { viewOf } from "./header.ts";

const EXIF_HEADER = [0x45, 0x78, 0x69, 0x66, 0, 0];
const LITTLE_ENDIAN = 0x4949;
const BIG_ENDIAN = 0x4d4d;
const ORIENTATION_TAG = 0x0112;
const SHORT = 3;
const ENTRY_BYTES = 12;
// Cameras write about 12 entries into the first directory; more than this is a trap, not a picture.
const MAX_ENTRIES = 256;

/** Whether an APP1 segment's content is EXIF ("Exif", two zero bytes), not XMP. */
export function isExif(content: Uint8Array): boolean {
  return EXIF_HEADER.every((value, index) => content[index] === value);
}

/**
 * The one thing that is read of EXIF. Looks at the first directory only and follows no other offset, so that a
 * directory that points to itself costs nothing.
 * @param content TIFF structure, with or without the leading "Exif\0\0" (JPEG has it, PNG and WebP mostly not)
 * @returns 1…8; 1 for anything that is absent, cut short or out of range
 */
export function exifOrientation(content: Uint8Array): number {
  const tiff = viewOf(isExif(content) ? content.subarray(EXIF_HEADER.length) : content);
  if (tiff.byteLength < 8) return 1;
  const order = tiff.getUint16(0);
  if (order !== LITTLE_ENDIAN && order !== BIG_ENDIAN) return 1;
  const little = order === LITTLE_ENDIAN;
  const directory = tiff.getUint32(4, little);
  if (tiff.getUint16(2, little) !== 42 || directory + 2 > tiff.byteLength) return 1;
  const entries = Math.min(tiff.getUint16(directory, little), MAX_ENTRIES);
  for (let index = 0; index < entries; index += 1) {
    const at = directory + 2 + index * ENTRY_BYTES;
    if (at + ENTRY_BYTES > tiff.byteLength) return 1;
    if (tiff.getUint16(at, little) === ORIENTATION_TAG) return entryOrientation(tiff, { at, little });
  }
  return 1;
}

function entryOrientation(tiff: DataView, entry: { at: number; little: boolean }): number {
  const { at, little } = entry;
  if (tiff.getUint16(at + 2, little) !== SHORT || tiff.getUint32(at + 4, little) !== 1) return 1;
  const value = tiff.getUint16(at + 8, little);
  return value >= 1 && value <= 8 ? value : 1;
}
