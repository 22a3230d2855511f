/** Bytes as a view; `null` for what is none. @internal */
export function bytesOf(body: unknown): Uint8Array | null {
  // By isView, not by instanceof: the sandbox of a test runner has a Uint8Array of its own.
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  return body instanceof ArrayBuffer ? new Uint8Array(body) : null;
}
