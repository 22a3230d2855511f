import type { IncomingHttpHeaders } from "node:http";
import type { SendResult } from "./send-result.ts";

/** A reply as far as it came. */
export interface Reply {
  /** Takes status and headers; `false`: more informational replies than any honest receiver sends. */
  onHead(status: number, headers: IncomingHttpHeaders): boolean;
  /** Takes a piece of the body; `false`: the limit is met, the rest is not wanted. */
  onBody(chunk: Uint8Array): boolean;
  /** Headers that satisfy the profile have come. */
  isAcknowledged(): boolean;
  /** `null` until the final headers have come. */
  result(): SendResult | null;
}

/** What {@link collectReply} is told. */
export interface ReplyOptions {
  readonly acknowledges: (status: number, contentType: string | null) => boolean;
  readonly maxBytes: number;
}

interface Head {
  readonly status: number;
  readonly acknowledged: boolean;
  readonly contentType: string | null;
  readonly retryAfter: string | null;
}

// 103 Early Hints may come a few times; a hundred of them is a receiver that stalls (reliability.md F15).
const MOST_INFORMATIONAL = 8;

/** An empty reply, to be filled as it arrives. Bytes are kept as they come: nothing is ever decoded (F12). */
export function collectReply({ acknowledges, maxBytes }: ReplyOptions): Reply {
  let head: Head | null = null;
  let informational = 0;
  let kept = 0;
  const chunks: Uint8Array[] = [];
  return {
    onHead: (status, headers) => {
      if (status < 200) {
        informational += 1;
        return informational <= MOST_INFORMATIONAL;
      }
      const contentType = headers["content-type"] ?? null;
      const retryAfter = headers["retry-after"] ?? null;
      head = { status, contentType, retryAfter, acknowledged: acknowledges(status, contentType) };
      return true;
    },
    onBody: (chunk) => {
      const wanted = chunk.subarray(0, maxBytes - kept);
      // A copy, so that 16 KB do not keep the socket's whole read buffer alive.
      chunks.push(Uint8Array.from(wanted));
      kept += wanted.length;
      return wanted.length === chunk.length;
    },
    isAcknowledged: () => head?.acknowledged === true,
    result: () =>
      head === null ? null : { kind: "replied", ...head, replyBody: new Uint8Array(Buffer.concat(chunks)) },
  };
}
