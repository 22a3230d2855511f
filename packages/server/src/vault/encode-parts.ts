/**
 * Bytes of a list of texts such that two different lists never give the same bytes: the count, then each text with its
 * length in bytes before it. Joining with a separator would let `["a:b"]` pass for `["a", "b"]`.
 */
export function encodeParts(parts: readonly string[]): Uint8Array {
  const texts = parts.map((part) => Buffer.from(part, "utf8"));
  const total = texts.reduce((sum, text) => sum + 4 + text.length, 4);
  const encoded = Buffer.alloc(total);
  let offset = encoded.writeUInt32BE(texts.length, 0);
  for (const text of texts) {
    offset = encoded.writeUInt32BE(text.length, offset);
    offset += text.copy(encoded, offset);
  }
  return encoded;
}
