import { exifOrientation, isExif } from "./exif-orientation.ts";
import { CORRUPT, type Header, type HeaderResult, viewOf } from "./header.ts";

// ITU-T T.81, table B.1.
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP14 = 0xee;
const APP15 = 0xef;
const COM = 0xfe;
// DHT, JPG and DAC stand among the SOFn codes.
const NOT_FRAME_HEADERS: readonly number[] = [0xc4, 0xc8, 0xcc];
const JFIF = [0x4a, 0x46, 0x49, 0x46, 0];
const ADOBE = [0x41, 0x64, 0x6f, 0x62, 0x65];

type Size = Pick<Header, "width" | "height">;

interface Segment {
  readonly marker: number;
  /** What follows the two bytes of length. */
  readonly content: Uint8Array;
  readonly end: number;
}

/**
 * Walks the markers of a JPEG: the dimensions, the number of scans, the orientation. Every APPn and COM segment is
 * dropped but JFIF and Adobe, which say how the colours are stored. What follows EOI (depth maps, second pictures)
 * is dropped as well.
 */
export function walkJpeg(bytes: Uint8Array, options: { readonly maxScans: number }): HeaderResult {
  const parts = [bytes.subarray(0, 2)];
  let frame: Size | null = null;
  let orientation: number | null = null;
  let scans = 0;
  let at = 2;
  while (bytes[at] === 0xff) {
    const start = at;
    // Any number of 0xff may fill the space before a marker.
    while (bytes[at] === 0xff) at += 1;
    if (bytes[at] === EOI) {
      parts.push(bytes.subarray(start, at + 1));
      if (frame === null || scans === 0) return CORRUPT;
      return { ok: true, header: { ...frame, orientation: orientation ?? 1, scans, parts } };
    }
    const segment = readSegment(bytes, at);
    if (segment === null) return CORRUPT;
    const { marker, content } = segment;
    if (isFrame(marker)) {
      const found: Size | null = frame === null ? readFrame(content) : null;
      if (found === null) return CORRUPT;
      frame = found;
    }
    if (marker === APP1 && orientation === null && isExif(content)) orientation = exifOrientation(content);
    if (marker === SOS) scans += 1;
    if (scans > options.maxScans) return { ok: false, problem: "too_many_scans" };
    at = marker === SOS ? scanEnd(bytes, segment.end) : segment.end;
    if (isKept(segment)) parts.push(bytes.subarray(start, at));
  }
  // Cut off before EOI, or something that is no marker.
  return CORRUPT;
}

/** The segment whose marker stands at `at`; `null` when the marker can have none, or when it leaves the file. */
function readSegment(bytes: Uint8Array, at: number): Segment | null {
  const marker = bytes[at];
  // Below 0xc0 nothing with a length is defined; RSTn and a second SOI are out of place here.
  if (marker === undefined || marker < 0xc0 || (marker >= 0xd0 && marker <= SOI)) return null;
  if (at + 3 > bytes.length) return null;
  const length = viewOf(bytes).getUint16(at + 1);
  const end = at + 1 + length;
  if (length < 2 || end > bytes.length) return null;
  return { marker, content: bytes.subarray(at + 3, end), end };
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && !NOT_FRAME_HEADERS.includes(marker);
}

/** SOFn: precision, height, width; `null` for a side of 0, which a later DNL would have to give. */
function readFrame(content: Uint8Array): Size | null {
  if (content.length < 6) return null;
  const view = viewOf(content);
  const height = view.getUint16(1);
  const width = view.getUint16(3);
  return width > 0 && height > 0 ? { width, height } : null;
}

function isKept({ marker, content }: Segment): boolean {
  if (marker === APP0) return JFIF.every((value, index) => content[index] === value);
  if (marker === APP14) return ADOBE.every((value, index) => content[index] === value);
  return marker !== COM && !(marker > APP0 && marker <= APP15);
}

/** Where the entropy-coded data that start at `at` end: at the first marker that is neither stuffing nor RSTn. */
function scanEnd(bytes: Uint8Array, at: number): number {
  let next = bytes.indexOf(0xff, at);
  while (next !== -1) {
    const code = bytes[next + 1];
    const belongsToScan = code === 0 || (code !== undefined && code >= 0xd0 && code <= 0xd7);
    // A 0xff that fills is left to the reader of the next marker.
    if (!belongsToScan) return next;
    next = bytes.indexOf(0xff, next + 2);
  }
  return bytes.length;
}
