import type { ClientFacts } from "./client-facts.ts";

const NAME = "sameface-capture";

/** The cookie of a capture; `null`: none that could be one. */
export function captureCookieOf({ cookie }: Pick<ClientFacts, "cookie">): string | null {
  for (const part of (cookie ?? "").split(";")) {
    const at = part.indexOf("=");
    if (part.slice(0, at).trim() !== NAME) continue;
    const value = part.slice(at + 1).trim();
    return /^[A-Za-z0-9_-]{43}$/.test(value) ? value : null;
  }
  return null;
}

/**
 * Sent to this one session alone, whatever else the browser has open. Over TLS it may be set within a frame of another
 * site (`SameSite=None`), and belongs to the pair of both sites (`Partitioned`); that no other site can use it is what
 * `Sec-Fetch-Site` and the media types of the calls are for.
 */
export function captureCookie(
  value: string,
  { sessionId, secure, seconds }: { readonly sessionId: string; readonly secure: boolean; readonly seconds: number },
): string {
  const site = secure ? "SameSite=None; Secure; Partitioned" : "SameSite=Strict";
  return `${NAME}=${value}; Path=/capture/sessions/${sessionId}; HttpOnly; ${site}; Max-Age=${seconds}`;
}
