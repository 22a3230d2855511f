import { exchangeWeb, type Receives } from "@sameface/receiver";

/**
 * A handler for whatever speaks web `Request` and `Response`: Deno.serve, Bun.serve, workers, route handlers.
 * @example
 * export default { fetch: fetchHandler(receiver) };
 */
export function fetchHandler(receiver: Receives): (request: Request) => Promise<Response> {
  return async (request) => await exchangeWeb(receiver, request);
}
