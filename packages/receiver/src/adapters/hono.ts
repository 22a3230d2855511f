import { exchangeWeb, type Receives } from "@sameface/receiver";

/** The part of Hono's context that is used. */
export interface HonoContext {
  readonly req: { readonly raw: Request };
}

/**
 * A handler for a route of Hono, on every runtime that Hono runs on.
 * @example
 * app.all("/webhooks", honoHandler(receiver));
 */
export function honoHandler(receiver: Receives): (context: HonoContext) => Promise<Response> {
  return async (context) => await exchangeWeb(receiver, context.req.raw);
}
