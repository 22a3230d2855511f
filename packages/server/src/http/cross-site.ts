import { timingSafeEqual } from "node:crypto";
import type { ClientFacts } from "./client-facts.ts";
import type { RouteShape } from "./route.ts";

/** Methods that change something; nothing changes by GET (S30). */
export function changesSomething({ method }: Pick<RouteShape, "method">): boolean {
  return method !== "GET";
}

/**
 * Whether a page of another site had a browser send this. A browser names itself by `Sec-Fetch-Site`, older ones by
 * `Origin`; who names neither is no browser, and has no cookie of ours.
 */
export function isCrossSite({ origin, fetchSite, host }: Pick<ClientFacts, "origin" | "fetchSite" | "host">): boolean {
  // `none`: typed in, or a bookmark.
  if (fetchSite !== undefined && fetchSite !== "same-origin" && fetchSite !== "none") return true;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}

/** Whether a request with a session's cookie was made by a page of ours: only that can read the token (S30). */
export function isForged(client: ClientFacts, csrfToken: string): boolean {
  if (client.origin === undefined && client.fetchSite === undefined) return true;
  const sent = Buffer.from(client.csrfToken ?? "");
  const wanted = Buffer.from(csrfToken);
  return isCrossSite(client) || sent.length !== wanted.length || !timingSafeEqual(sent, wanted);
}
