/** Standard base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte); // a spread is slower, and overflows the stack on large ones
  return btoa(text);
}

/** Bytes of a base64 text that we know to be one; `atob` throws for other texts, but forgives spaces and missing padding. */
export function bytesOfBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/**
 * Bytes of a base64 text that anybody may have written.
 * @returns `null` unless the text is the one canonical spelling: standard alphabet, padded, no spare bits, no spaces
 */
export function decodeBase64(text: string): Uint8Array | null {
  try {
    const bytes = bytesOfBase64(text);
    return encodeBase64(bytes) === text ? bytes : null;
  } catch {
    return null;
  }
}
