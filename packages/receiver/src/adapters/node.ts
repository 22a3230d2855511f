import { createHmac } from "node:crypto";
import type { Mac } from "@sameface/contract";
import { type ByteStream, type HeadersLike, type Receiver, type Reply, readStream, refuse } from "@sameface/receiver";

/** The part of `http.IncomingMessage` that is used; `body` and `rawBody` are there where a framework put them. */
export interface NodeRequest extends ByteStream {
  readonly method?: string | undefined;
  readonly headers: HeadersLike;
  readonly body?: unknown;
  readonly rawBody?: unknown;
}

/** The part of `http.ServerResponse` that is used. */
export interface NodeResponse {
  readonly headersSent: boolean;
  writeHead(status: number, headers: Record<string, string>): unknown;
  end(body: string): unknown;
}

/**
 * A listener for `http.createServer`, or a handler for whatever hands on Node's own request and response.
 * @example
 * createServer(nodeHandler(receiver)).listen(3000);
 */
export function nodeHandler(receiver: Receiver): (request: NodeRequest, response: NodeResponse) => void {
  return (request, response) => {
    void answer(receiver, request).then((reply) => {
      if (!response.headersSent) write(response, reply); // else a time limit of the framework answered first
    });
  };
}

/** HMAC by `node:crypto`, faster than WebCrypto: `createReceiver({ secrets, mac: nodeMac })`. */
export const nodeMac: Mac = (key, parts) => {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
};

async function answer(receiver: Receiver, request: NodeRequest): Promise<Reply> {
  if (request.method !== "POST") return refuse("method_not_allowed");
  const read = await readStream(request);
  if (typeof read === "string") return refuse(read);
  // Read before: express.raw() left the bytes in `body`, Nest and Cloud Functions in `rawBody`; express.json() an object.
  return await receiver.receive({ body: read ?? request.rawBody ?? request.body, headers: request.headers });
}

function write(response: NodeResponse, { status, headers, body }: Reply): void {
  const length = new TextEncoder().encode(body).length; // bytes: a count of characters cuts a reply short
  response.writeHead(status, {
    ...headers,
    ...(status === 204 ? {} : { "content-length": String(length) }),
    ...(status === 413 ? { connection: "close" } : {}), // the rest of the body is under way
  });
  response.end(body);
}
