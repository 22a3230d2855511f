import { type HeadersLike, MAX_BODY_BYTES, type Receiver, type Reply, refuse } from "@sameface/receiver";

/** The part of `http.IncomingMessage` that is used; `body` is there when a framework has parsed it. */
export interface NodeRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined;
  readonly headers: HeadersLike;
  readonly readableDidRead?: boolean;
  readonly body?: unknown;
}

/** The part of `http.ServerResponse` that is used. */
export interface NodeResponse {
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
    answer(receiver, request).then(
      (reply) => write(response, reply),
      // The sender hung up in mid-body, or a store is down: it tries again.
      () => write(response, { status: 500, headers: { connection: "close" }, body: "" }),
    );
  };
}

async function answer(receiver: Receiver, request: NodeRequest): Promise<Pick<Reply, "status" | "headers" | "body">> {
  if (request.method !== "POST") return refuse("method_not_allowed");
  // express.raw() leaves bytes, express.json() an object; the stream is read in both cases.
  if (request.body !== undefined) return await receiver.receive({ body: request.body, headers: request.headers });
  if (request.readableDidRead === true) return refuse("consumed_body");
  const body = await readBody(request);
  if (body !== null) return await receiver.receive({ body, headers: request.headers });
  const reply = refuse("too_large");
  return { ...reply, headers: { ...reply.headers, connection: "close" } };
}

async function readBody(request: AsyncIterable<Uint8Array>): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

function write(response: NodeResponse, { status, headers, body }: Pick<Reply, "status" | "headers" | "body">): void {
  const length = new TextEncoder().encode(body).length; // bytes: a count of characters cuts a reply short
  response.writeHead(status, status === 204 ? { ...headers } : { ...headers, "content-length": String(length) });
  response.end(body);
}
