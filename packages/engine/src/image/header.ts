import type { Problem } from "../inspection.ts";

/** What the header walk reads out of a file before any decoder sees it. */
export interface Header {
  /** Pixels as stored, before the orientation is applied. */
  readonly width: number;
  readonly height: number;
  /** EXIF orientation, 1…8; 1 where none, or none legal, is given. */
  readonly orientation: number;
  /** SOS markers of a JPEG; 1 for the other formats. */
  readonly scans: number;
  /** The parts of the file that decoding needs, in order; everything else is dropped unread. */
  readonly parts: readonly Uint8Array[];
}

/** A header, or the stable code of why there is none. */
export type HeaderResult =
  | { readonly ok: true; readonly header: Header }
  | { readonly ok: false; readonly problem: Problem };

/** The answer of a walk that met a structure no decoder should be given. */
export const CORRUPT: HeaderResult = { ok: false, problem: "corrupt" };

/** A view for reading numbers out of `bytes`, wherever they lie in their buffer. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Four bytes as ASCII, the way PNG and RIFF name their chunks. */
export function fourCharacters(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
