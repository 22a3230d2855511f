import { Buffer } from "node:buffer";
import type { Writable } from "node:stream";

/** One message of the pipe between parent and child: a JSON value and bytes. */
export interface Frame {
  readonly head: unknown;
  readonly body: Uint8Array;
}

/** The most that one frame may announce; a larger announcement is garbage, and nothing is set aside for it. */
export interface FrameLimits {
  readonly maxHeadBytes: number;
  readonly maxBodyBytes: number;
}

// Four letters that random bytes do not begin with, then the two lengths, unsigned, little-endian.
const MAGIC = 0x31_46_46_53;
const PREFIX_BYTES = 12;

/** The bytes of one frame, in the pieces in which they are to be written; the body is not copied. */
export function encodeFrame(head: object, body: Uint8Array = new Uint8Array(0)): readonly Uint8Array[] {
  const json = JSON.stringify(head);
  const jsonBytes = Buffer.byteLength(json);
  // One piece: each wakes the other end up.
  const piece = Buffer.alloc(PREFIX_BYTES + jsonBytes);
  piece.writeUInt32LE(MAGIC, 0);
  piece.writeUInt32LE(jsonBytes, 4);
  piece.writeUInt32LE(body.length, 8);
  piece.write(json, PREFIX_BYTES);
  return body.length === 0 ? [piece] : [piece, body];
}

/** Writes the pieces of one frame in one call of the system: each call wakes the other end up. */
export function writeFrame(channel: Writable, pieces: readonly Uint8Array[]): void {
  channel.cork();
  for (const piece of pieces) channel.write(piece);
  channel.uncork();
}

/** Puts frames together out of chunks as they come. */
export interface FrameReader {
  /** @returns the frames that are complete with this chunk; `null` for garbage, after which the reader is of no use */
  push(chunk: Uint8Array): readonly Frame[] | null;
}

/** @see FrameReader */
export function createFrameReader(limits: FrameLimits): FrameReader {
  let piece = Buffer.alloc(PREFIX_BYTES);
  let filled = 0;
  // `null` while the prefix is being read.
  let headBytes: number | null = null;

  /** Called with a full piece. */
  const advance = (): Frame | "more" | null => {
    if (headBytes === null) {
      const lengths = readPrefix(piece, limits);
      if (lengths === null) return null;
      headBytes = lengths.headBytes;
      piece = Buffer.alloc(lengths.headBytes + lengths.bodyBytes);
      return "more";
    }
    const frame = readFrame(piece, headBytes);
    headBytes = null;
    piece = Buffer.alloc(PREFIX_BYTES);
    return frame;
  };

  return {
    push(chunk) {
      const frames: Frame[] = [];
      let taken = 0;
      while (taken < chunk.length) {
        const part = chunk.subarray(taken, taken + piece.length - filled);
        piece.set(part, filled);
        filled += part.length;
        taken += part.length;
        if (filled < piece.length) break;
        filled = 0;
        const step = advance();
        if (step === null) return null;
        if (step !== "more") frames.push(step);
      }
      return frames;
    },
  };
}

function readPrefix(prefix: Buffer, limits: FrameLimits): { headBytes: number; bodyBytes: number } | null {
  const headBytes = prefix.readUInt32LE(4);
  const bodyBytes = prefix.readUInt32LE(8);
  if (prefix.readUInt32LE(0) !== MAGIC || headBytes === 0) return null;
  return headBytes <= limits.maxHeadBytes && bodyBytes <= limits.maxBodyBytes ? { headBytes, bodyBytes } : null;
}

function readFrame(piece: Buffer, headBytes: number): Frame | null {
  try {
    const head: unknown = JSON.parse(piece.toString("utf8", 0, headBytes));
    return { head, body: piece.subarray(headBytes) };
  } catch {
    return null;
  }
}
