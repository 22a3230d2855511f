/** Largest body that is read, bytes: 1 MiB (contract.md §5). */
export const MAX_BODY_BYTES = 1_048_576;

/** The body of one request as its chunks come in. */
export interface CollectedBody {
  /** `false`: more than {@link MAX_BODY_BYTES}; one byte more is kept, no other. */
  add(chunk: Uint8Array): boolean;
  /** What was kept; the receiver knows by its length that it is too large. */
  bytes(): Uint8Array;
}

/** For an adapter whose framework streams: never holds more than the limit and one byte. */
export function collectBody(): CollectedBody {
  const chunks: Uint8Array[] = [];
  let length = 0;
  return {
    add(chunk) {
      const part = chunk.subarray(0, MAX_BODY_BYTES + 1 - length);
      length += part.length;
      chunks.push(part);
      return length <= MAX_BODY_BYTES;
    },
    bytes() {
      const body = new Uint8Array(length);
      let at = 0;
      for (const chunk of chunks) {
        body.set(chunk, at);
        at += chunk.length;
      }
      return body;
    },
  };
}
