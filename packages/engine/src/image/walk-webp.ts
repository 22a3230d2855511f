import { exifOrientation } from "./exif-orientation.ts";
import { CORRUPT, fourCharacters, type Header, type HeaderResult, viewOf } from "./header.ts";

// RFC 9649 is the source of every number in this file.
const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const ANMF_HEADER_BYTES = 16;
const VP8X_BYTES = 10;
// Bits of VP8X that announce chunks which are dropped: ICC profile, EXIF, XMP.
const METADATA_FLAGS = 0x20 | 0x08 | 0x04;

type Size = Pick<Header, "width" | "height">;

interface Chunk {
  readonly type: string;
  readonly content: Uint8Array;
  /** Header, content and padding. */
  readonly whole: Uint8Array;
}

/**
 * Walks the chunks of a WebP: the dimensions out of the canvas or the picture, the orientation out of EXIF. Of an
 * animation the first frame alone is kept.
 */
export function walkWebp(bytes: Uint8Array): HeaderResult {
  const end = CHUNK_HEADER_BYTES + viewOf(bytes).getUint32(4, true);
  // A picture whose RIFF header announces more bytes than came is cut off; what comes after its end is dropped.
  if (end > bytes.length) return CORRUPT;
  const chunks = readChunks(bytes.subarray(RIFF_HEADER_BYTES, end));
  const first = chunks?.[0];
  if (chunks === null || first === undefined) return CORRUPT;
  return first.type === "VP8X" ? walkExtended(first, chunks) : walkSimple(first);
}

/** One picture and nothing else; further chunks are dropped. */
function walkSimple(picture: Chunk): HeaderResult {
  const size = pictureSize(picture);
  if (size === null) return CORRUPT;
  return { ok: true, header: { ...size, orientation: 1, scans: 1, parts: riff([picture.whole]) } };
}

function walkExtended(canvas: Chunk, chunks: readonly Chunk[]): HeaderResult {
  const size = canvasSize(canvas);
  const body = firstPicture(chunks);
  if (size === null || body === null) return CORRUPT;
  const { picture, kept } = body;
  const actual = pictureSize(picture);
  // The canvas is what the limits are checked against; a picture that leaves it would go round them.
  if (actual === null || actual.width > size.width || actual.height > size.height) return CORRUPT;
  const exif = chunks.find((chunk) => chunk.type === "EXIF");
  const orientation = exif === undefined ? 1 : exifOrientation(exif.content);
  return { ok: true, header: { ...size, orientation, scans: 1, parts: riff([withoutMetadata(canvas), ...kept]) } };
}

/** The picture chunk, and the chunks that its decoding needs. */
function firstPicture(chunks: readonly Chunk[]): { picture: Chunk; kept: readonly Uint8Array[] } | null {
  const frame = chunks.find((chunk) => chunk.type === "ANMF");
  const inside = frame === undefined ? chunks : readChunks(frame.content.subarray(ANMF_HEADER_BYTES));
  const picture = inside?.find(isPicture);
  if (picture === undefined) return null;
  const alpha = chunks.find((chunk) => chunk.type === "ALPH");
  const animation = chunks.find((chunk) => chunk.type === "ANIM");
  if (frame === undefined) return { picture, kept: [alpha, picture].flatMap((chunk) => chunk?.whole ?? []) };
  return { picture, kept: [animation, frame].flatMap((chunk) => chunk?.whole ?? []) };
}

function isPicture(chunk: Chunk): boolean {
  return chunk.type === "VP8 " || chunk.type === "VP8L";
}

/** Every chunk, or `null` where one leaves the file. A last odd byte of padding may be missing. */
function readChunks(bytes: Uint8Array): readonly Chunk[] | null {
  const view = viewOf(bytes);
  const chunks: Chunk[] = [];
  let at = 0;
  while (at + CHUNK_HEADER_BYTES <= bytes.length) {
    const length = view.getUint32(at + 4, true);
    const start = at + CHUNK_HEADER_BYTES;
    if (start + length > bytes.length) return null;
    const next = start + length + (length % 2);
    const content = bytes.subarray(start, start + length);
    chunks.push({ type: fourCharacters(bytes, at), content, whole: bytes.subarray(at, next) });
    at = next;
  }
  return chunks;
}

function canvasSize({ content }: Chunk): Size | null {
  if (content.length !== VP8X_BYTES) return null;
  const view = viewOf(content);
  const width = (view.getUint32(4, true) & 0xffffff) + 1;
  const height = (view.getUint32(6, true) >>> 8) + 1;
  return { width, height };
}

function pictureSize({ type, content }: Chunk): Size | null {
  const view = viewOf(content);
  if (type === "VP8 ") {
    // Frame tag (bit 0 clear: a key frame), start code, then 14 bits each.
    if (content.length < 10 || (view.getUint8(0) & 1) !== 0 || (view.getUint32(2) & 0xffffff) !== 0x9d012a) return null;
    return positive({ width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff });
  }
  if (type !== "VP8L" || content.length < 5 || view.getUint8(0) !== 0x2f) return null;
  const bits = view.getUint32(1, true);
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}

function positive(size: Size): Size | null {
  return size.width > 0 && size.height > 0 ? size : null;
}

/** VP8X with the announcements of dropped chunks taken back. */
function withoutMetadata(canvas: Chunk): Uint8Array {
  const copy = canvas.whole.slice();
  copy[CHUNK_HEADER_BYTES] = (copy[CHUNK_HEADER_BYTES] ?? 0) & ~METADATA_FLAGS;
  return copy;
}

/** A RIFF header for `parts`, and the parts. */
function riff(parts: readonly Uint8Array[]): readonly Uint8Array[] {
  const header = new Uint8Array(RIFF_HEADER_BYTES);
  header.set(new TextEncoder().encode("RIFF----WEBP"));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  viewOf(header).setUint32(4, 4 + length, true);
  return [header, ...parts];
}
