import { parseStrictJson } from "@sameface/contract";
import { type Static, Type } from "typebox";
import { basicCredentials, defineAuthKind, type SignInTools } from "../auth-kind.ts";
import type { SendResult } from "../send-result.ts";
import type { TokenResult } from "../token-memory.ts";

const Settings = Type.Object(
  {
    kind: Type.Literal("oauth2"),
    tokenUrl: Type.String({ minLength: 1, maxLength: 2048, description: "Judged by the rules of an endpoint's URL." }),
    clientId: Type.String({ minLength: 1, maxLength: 512 }),
    clientSecret: Type.String({ minLength: 1, maxLength: 4096 }),
    scope: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1024,
        pattern: "^[\\x20-\\x7e]+$",
        description: "Visible ASCII and spaces.",
      }),
    ),
  },
  { additionalProperties: false, description: "OAuth 2.0 client credentials; the token is kept in memory only." },
);

// RFC 6750 §2.1; nothing that could begin a header of its own.
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;
const MOST_TOKEN_CHARACTERS = 8_000;
const SECOND_MS = 1_000;
// An answer without a lifetime (RFC 6749 §5.1 leaves it out): asked again before long, and at once on a 401.
const UNTOLD_LIFETIME_MS = 300 * SECOND_MS;
// Not used in its last moments, so that it does not end on the way; of a short-lived one the last tenth.
const MARGIN_MS = 30 * SECOND_MS;
const LAST_SHARE = 0.1;
const LONGEST_LIFETIME_MS = 24 * 3_600 * SECOND_MS;

/** OAuth 2.0 client credentials (RFC 6749 §4.4): form-encoded, the client in `Authorization: Basic`. */
export const oauth2 = defineAuthKind({
  settings: Settings,
  refusal: () => null,
  urls: ({ tokenUrl }) => [tokenUrl],
  renews: true,
  signIn: async (settings, tools) => {
    const refused = tools.refused?.["authorization"]?.replace(/^Bearer /, "") ?? null;
    const result = await tools.tokens.take(tools.memoryKey, {
      refused,
      nowMs: tools.nowMs(),
      fetch: async () => await fetchToken(settings, tools),
    });
    if (result.kind === "failed") return result;
    return { kind: "headers", headers: { authorization: `Bearer ${result.token}` } };
  },
});

async function fetchToken(
  { tokenUrl, clientId, clientSecret, scope }: Static<typeof Settings>,
  { post, nowMs }: SignInTools,
): Promise<TokenResult> {
  const form = new URLSearchParams({ grant_type: "client_credentials", ...(scope === undefined ? {} : { scope }) });
  const result = await post({
    url: tokenUrl,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      accept: "application/json",
      // RFC 6749 §2.3.1: both are form-encoded before they are joined.
      authorization: basicCredentials(encode(clientId), encode(clientSecret)),
    },
    body: new TextEncoder().encode(form.toString()),
  });
  return readToken(result, nowMs());
}

function readToken(result: SendResult, nowMs: number): TokenResult {
  if (result.kind === "failed") {
    return { kind: "failed", reason: result.reason === "stopped" ? "stopped" : "tokenUnavailable" };
  }
  const parsed = result.status === 200 ? parseStrictJson(result.replyBody) : { ok: false };
  const reply: unknown = parsed.ok && "value" in parsed ? parsed.value : null;
  if (typeof reply !== "object" || reply === null || !("access_token" in reply)) return REFUSED;
  const { access_token: token } = reply;
  if (typeof token !== "string" || token.length > MOST_TOKEN_CHARACTERS || !TOKEN.test(token)) return REFUSED;
  const seconds = "expires_in" in reply ? Number(reply.expires_in) : Number.NaN;
  return { kind: "token", token, expiresAtMs: nowMs + usedForMs(seconds) };
}

const REFUSED: TokenResult = { kind: "failed", reason: "tokenRefused" };

function usedForMs(seconds: number): number {
  if (!(seconds > 0)) return UNTOLD_LIFETIME_MS;
  const lifetimeMs = Math.min(LONGEST_LIFETIME_MS, seconds * SECOND_MS);
  return lifetimeMs - Math.min(MARGIN_MS, lifetimeMs * LAST_SHARE);
}

function encode(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice(1);
}
