import { exchangeNode, exchangeWeb, type NodeRequest, type NodeResponse, type Receives } from "@sameface/receiver";

/**
 * A route handler of Next's App Router; Next itself answers 405 to other methods.
 * @example
 * // app/webhooks/route.ts
 * export const { POST } = nextRoute(receiver);
 */
export function nextRoute(receiver: Receives): { readonly POST: (request: Request) => Promise<Response> } {
  return { POST: async (request) => await exchangeWeb(receiver, request) };
}

/**
 * A handler of Next's Pages Router. Next reads the config from the text of the file, so it can't come from here; without
 * it Next parses the body, and the answer is 500 with the mend.
 * @example
 * // pages/api/webhooks.ts
 * export const config = { api: { bodyParser: false } };
 * export default nextPage(receiver);
 */
export function nextPage(receiver: Receives): (request: NodeRequest, response: NodeResponse) => Promise<void> {
  return async (request, response) => {
    await exchangeNode(receiver, request, response);
  };
}
