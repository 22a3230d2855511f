import { collectBody, type Receiver, type Reply, refuse } from "@sameface/receiver";

/**
 * A handler for whatever speaks web `Request` and `Response`: Deno.serve, Bun.serve, workers, route handlers.
 * @example
 * export default { fetch: fetchHandler(receiver) };
 */
export function fetchHandler(receiver: Receiver): (request: Request) => Promise<Response> {
  return async (request) => {
    const { status, headers, body } = await answer(receiver, request);
    return new Response(status === 204 ? null : body, { status, headers });
  };
}

async function answer(receiver: Receiver, request: Request): Promise<Reply> {
  if (request.method !== "POST") return refuse("method_not_allowed");
  if (request.bodyUsed || request.body?.locked === true) return refuse("parsed_body");
  const body = request.body === null ? new Uint8Array(0) : await readBody(request.body.getReader());
  return typeof body === "string" ? refuse(body) : await receiver.receive({ body, headers: request.headers });
}

async function readBody(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<Uint8Array | "too_large" | "incomplete_body"> {
  const body = collectBody();
  try {
    for (;;) {
      const part = await reader.read();
      if (part.done) return body.bytes();
      if (!body.add(part.value)) {
        await reader.cancel();
        return "too_large";
      }
    }
  } catch {
    return "incomplete_body";
  }
}
