import { exifOrientation } from "./exif-orientation.ts";
import { CORRUPT, fourCharacters, type Header, type HeaderResult, viewOf } from "./header.ts";

const SIGNATURE_BYTES = 8;
// Length, type and CRC of each chunk.
const CHUNK_OVERHEAD = 12;
// tRNS alone of the ancillary chunks changes a pixel. Colour profiles, gamma, text and the frames of an APNG are
// dropped: its first picture, in IDAT, is what is judged.
const KEPT: readonly string[] = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"];
// PNG 3rd edition, 5.4: bit 5 of the first letter tells ancillary (set) from critical.
const ANCILLARY_BIT = 0x20;

/** Walks the chunks of a PNG: the dimensions out of IHDR, the orientation out of eXIf. */
export function walkPng(bytes: Uint8Array): HeaderResult {
  const view = viewOf(bytes);
  const parts = [bytes.subarray(0, SIGNATURE_BYTES)];
  let size: Pick<Header, "width" | "height"> | null = null;
  let orientation: number | null = null;
  let at = SIGNATURE_BYTES;
  while (at + CHUNK_OVERHEAD <= bytes.length) {
    const end = at + CHUNK_OVERHEAD + view.getUint32(at);
    if (end > bytes.length) return CORRUPT;
    const type = fourCharacters(bytes, at + 4);
    const content = bytes.subarray(at + 8, end - 4);
    // IHDR comes first, and once.
    if ((type === "IHDR") !== (size === null)) return CORRUPT;
    size ??= readSize(content);
    if (size === null) return CORRUPT;
    if (type === "eXIf") orientation ??= exifOrientation(content);
    if (KEPT.includes(type)) parts.push(bytes.subarray(at, end));
    else if ((type.charCodeAt(0) & ANCILLARY_BIT) === 0) return CORRUPT;
    if (type === "IEND") return { ok: true, header: { ...size, orientation: orientation ?? 1, scans: 1, parts } };
    at = end;
  }
  // No IEND: cut off.
  return CORRUPT;
}

function readSize(content: Uint8Array): Pick<Header, "width" | "height"> | null {
  if (content.length !== 13) return null;
  const view = viewOf(content);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  return width > 0 && height > 0 ? { width, height } : null;
}
