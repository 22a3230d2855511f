import { createHmac } from "node:crypto";
import type { Mac } from "@sameface/contract";
import { collectBody, type HeadersLike, type Receiver, type Reply, refuse } from "@sameface/receiver";

/** The part of `http.IncomingMessage` that is used; `body` and `rawBody` are there where a framework put them. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly headers: HeadersLike;
  readonly readableDidRead: boolean;
  readonly readableEnded: boolean;
  readonly destroyed: boolean;
  readonly body?: unknown;
  readonly rawBody?: unknown;
  on(event: "data" | "end" | "error" | "close", listener: (chunk: Uint8Array) => void): unknown;
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
  const { method, headers } = request;
  if (method !== "POST") return refuse("method_not_allowed");
  if (request.readableDidRead || request.readableEnded || request.destroyed) {
    // express.raw() left the bytes in `body`, Nest and Cloud Functions in `rawBody`; express.json() left an object.
    return await receiver.receive({ body: request.rawBody ?? request.body, headers });
  }
  const body = await readBody(request);
  return typeof body === "string" ? refuse(body) : await receiver.receive({ body, headers });
}

function readBody(request: NodeRequest): Promise<Uint8Array | "too_large" | "incomplete_body"> {
  const body = collectBody();
  return new Promise((resolve) => {
    const hungUp = (): void => {
      resolve("incomplete_body");
    };
    request.on("data", (chunk) => {
      if (!body.add(chunk)) resolve("too_large");
    });
    request.on("end", () => {
      resolve(body.bytes());
    });
    request.on("error", hungUp);
    request.on("close", hungUp);
  });
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
