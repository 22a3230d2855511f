/** Largest body that is read, bytes: 1 MiB (contract.md §5). */
export const MAX_BODY_BYTES = 1_048_576;

/** The body of one request as its chunks come in. */
export interface CollectedBody {
  /** `false`: more than {@link MAX_BODY_BYTES}; the chunk is not kept. */
  add(chunk: Uint8Array): boolean;
  bytes(): Uint8Array;
}

/** For an adapter whose framework streams: never holds more than the limit. */
export function collectBody(): CollectedBody {
  const chunks: Uint8Array[] = [];
  let length = 0;
  return {
    add(chunk) {
      if (length + chunk.length > MAX_BODY_BYTES) return false;
      length += chunk.length;
      chunks.push(chunk);
      return true;
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
