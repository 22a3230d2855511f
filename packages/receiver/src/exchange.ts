import type { HeadersLike } from "@sameface/contract";
import { collectBody } from "./collect-body.ts";
import { type ByteStream, readStream } from "./read-stream.ts";
import type { Receives } from "./receive.ts";
import { type Reply, refuse } from "./reply.ts";

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

/** One exchange over Node's own request and response, for an adapter whose framework hands them on. Never rejects. */
export async function exchangeNode(receiver: Receives, request: NodeRequest, response: NodeResponse): Promise<void> {
  const { status, headers, body, result } = await answerNode(receiver, request);
  if (response.headersSent) return; // a time limit of the framework answered first
  const length = new TextEncoder().encode(body).length; // bytes: a count of characters cuts a reply short
  response.writeHead(status, {
    ...headers,
    ...(status === 204 ? {} : { "content-length": String(length) }),
    // The rest of the body is under way.
    ...("reason" in result && result.reason === "too_large" ? { connection: "close" } : {}),
  });
  response.end(body);
}

async function answerNode(receiver: Receives, request: NodeRequest): Promise<Reply> {
  if (request.method !== "POST") return refuse("method_not_allowed");
  const read = await readStream(request);
  if (typeof read === "string") return refuse(read);
  // Read before: express.raw() left the bytes in `body`, Nest and Cloud Functions in `rawBody`; express.json() an object.
  return await receiver.receive({ body: read ?? request.rawBody ?? request.body, headers: request.headers });
}

/** One exchange over web `Request` and `Response`. Never rejects. */
export async function exchangeWeb(receiver: Receives, request: Request): Promise<Response> {
  const { status, headers, body } = await answerWeb(receiver, request);
  return new Response(status === 204 ? null : body, { status, headers });
}

async function answerWeb(receiver: Receives, request: Request): Promise<Reply> {
  if (request.method !== "POST") return refuse("method_not_allowed");
  if (request.bodyUsed || request.body?.locked === true) return refuse("parsed_body");
  const body = request.body === null ? new Uint8Array(0) : await readBody(request.body.getReader());
  return typeof body === "string" ? refuse(body) : await receiver.receive({ body, headers: request.headers });
}

async function readBody(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | "incomplete_body"> {
  const body = collectBody();
  try {
    for (;;) {
      const part = await reader.read();
      if (part.done) return body.bytes();
      if (!body.add(part.value)) {
        await reader.cancel();
        return body.bytes(); // too large, and the receiver knows by its length
      }
    }
  } catch {
    return "incomplete_body";
  }
}
