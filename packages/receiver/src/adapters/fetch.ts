import { MAX_BODY_BYTES, type Receiver, type Reply, refuse } from "@sameface/receiver";

/**
 * A handler for whatever speaks web `Request` and `Response`: Deno.serve, Bun.serve, workers, route handlers.
 * @example
 * export default { fetch: fetchHandler(receiver) };
 */
export function fetchHandler(receiver: Receiver): (request: Request) => Promise<Response> {
  return async (request) => toResponse(await answer(receiver, request));
}

async function answer(receiver: Receiver, request: Request): Promise<Reply> {
  if (request.method !== "POST") return refuse("method_not_allowed");
  if (request.bodyUsed) return refuse("consumed_body");
  const body = await readBody(request);
  return body === null ? refuse("too_large") : await receiver.receive({ body, headers: request.headers });
}

async function readBody(request: Request): Promise<Uint8Array | null> {
  const reader = (request.body as ReadableStream<Uint8Array> | null)?.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
    length += part.value.length;
    if (length > MAX_BODY_BYTES) {
      await reader?.cancel();
      return null;
    }
    chunks.push(part.value);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

function toResponse({ status, headers, body }: Reply): Response {
  return new Response(status === 204 ? null : body, { status, headers });
}
