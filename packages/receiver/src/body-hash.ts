import { hexOf } from "./hex-of.ts";

/** SHA-256 in lower-case hex. */
export type Hash = (body: Uint8Array) => string | Promise<string>;

/** By WebCrypto. @internal */
export const webHash: Hash = async (body) =>
  hexOf(new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(body))));
