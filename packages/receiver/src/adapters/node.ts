import crypto from "node:crypto";
import type { Mac } from "@sameface/contract";
import { exchangeNode, type NodeRequest, type NodeResponse, type Receives } from "@sameface/receiver";

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

/** HMAC by `node:crypto`, faster than WebCrypto: `createReceiver({ secrets, mac: nodeMac })`. */
export const nodeMac: Mac = (key, parts) => {
  const hmac = crypto.createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
};
