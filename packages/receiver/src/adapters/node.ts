import crypto from "node:crypto";
import {
  exchangeNode,
  type Hash,
  type Mac,
  type NodeRequest,
  type NodeResponse,
  type Receives,
} from "@sameface/receiver";

/**
 * A listener for `http.createServer`, or a handler for whatever hands on Node's own request and response.
 * @example
 * createServer(nodeHandler(receiver)).listen(3000);
 */
export function nodeHandler(receiver: Receives): (request: NodeRequest, response: NodeResponse) => void {
  return (request, response) => {
    void exchangeNode(receiver, request, response);
  };
}

/** SHA-256 by `node:crypto`, several times faster than WebCrypto: `createReceiver({ secrets, mac: nodeMac, hash: nodeHash })`. */
export const nodeHash: Hash = (body) => crypto.createHash("sha256").update(body).digest("hex");

/** HMAC by `node:crypto`, several times faster than WebCrypto. */
export const nodeMac: Mac = (key, parts) => {
  const hash = (crypto as Partial<typeof crypto>).hash; // since Node 20.12
  if (hash !== undefined && key.length <= BLOCK) return twoHashes(hash, key, parts);
  const hmac = crypto.createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("base64");
};

/** What SHA-256 takes at once, bytes. */
const BLOCK = 64;

/** RFC 2104 §2. Two hashes in one call each take a fifth of the time that an Hmac object takes. */
function twoHashes(hash: typeof crypto.hash, key: Uint8Array, parts: readonly Uint8Array[]): string {
  const inner = Buffer.allocUnsafe(parts.reduce((sum, part) => sum + part.length, BLOCK));
  const outer = Buffer.allocUnsafe(BLOCK + 32);
  for (let at = 0; at < BLOCK; at += 1) {
    inner[at] = (key[at] ?? 0) ^ 0x36;
    outer[at] = (key[at] ?? 0) ^ 0x5c;
  }
  let end = BLOCK;
  for (const part of parts) {
    inner.set(part, end);
    end += part.length;
  }
  // As text and back: a Buffer that hash() makes has memory of its own, whose release costs more.
  outer.write(hash("sha256", inner, "binary"), BLOCK, "latin1");
  return hash("sha256", outer, "base64");
}
