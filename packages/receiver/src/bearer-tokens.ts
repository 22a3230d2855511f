import { headerValues, type Mac, webVerify } from "@sameface/contract";
import { bytesOf } from "./bytes-of.ts";
import { badOption, checkLeast } from "./check-option.ts";
import type { NowMs } from "./dedupe/dedupe-store.ts";
import type { Receives } from "./receive.ts";
import { json, type Reply, refuse } from "./reply.ts";
import type { HeaderAuth } from "./source.ts";
import { isOneOf } from "./static-header.ts";

const DEFAULT_LIFE_SECONDS = 3600;

/** The client that the vendor signs in as. */
export interface BearerOptions {
  readonly clientId: string;
  /** Those that are live: one, or two during a rotation; each 32 or more of A-Z, a-z, 0-9, `-`, `.`, `_`, `~`. */
  readonly clientSecrets: readonly string[];
  /** How long a token lives: 60 or more, default 3,600. */
  readonly expiresInSeconds?: number;
  /** Default `Date.now`. */
  readonly nowMs?: NowMs;
  /** Default WebCrypto. */
  readonly mac?: Mac;
}

/** Both sides of OAuth2 client credentials. */
export interface BearerTokens {
  /** The token endpoint, for an adapter to serve: `nodeHandler(tokens.endpoint)`. */
  readonly endpoint: Receives;
  /** Whether a request carries a token of that endpoint. */
  readonly auth: HeaderAuth;
}

/**
 * Gives the vendor's sender tokens and checks them. Nothing is stored: a token is its end and a MAC under a client secret,
 * so any process checks what another gave, and a secret that is taken out ends its tokens.
 * @throws {ReceiverError} `badOption`
 * @see RFC 6749 §4.4, contract.md §6
 */
export function bearerTokens(options: BearerOptions): BearerTokens {
  const { clientId, clientSecrets, nowMs = Date.now, mac = webVerify().mac } = options;
  const lifeSeconds = checkOptions(options);
  const keys = clientSecrets.map((secret) => new TextEncoder().encode(secret));
  const sign = async (key: Uint8Array, ends: string): Promise<string> =>
    await mac(key, [new TextEncoder().encode(`sameface bearer ${ends}`)]);
  const give = async (headers: Parameters<HeaderAuth>[0], body: unknown): Promise<Reply> => {
    const basic = credentials(headers, "basic");
    const index = clientSecrets.findIndex((secret) => isOneOf([btoa(`${clientId}:${secret}`)], basic));
    const key = keys[index];
    if (key === undefined) return refuse("invalid_client");
    if (grantOf(body) !== "client_credentials") return refuse("unsupported_grant_type");
    const ends = String(Math.floor(nowMs() / 1000) + lifeSeconds);
    const text = { access_token: `${ends}.${await sign(key, ends)}`, token_type: "Bearer", expires_in: lifeSeconds };
    return json(200, { result: { kind: "token" }, text, headers: { "cache-control": "no-store" } });
  };
  return {
    endpoint: { receive: async ({ headers, body }) => await give(headers, body) },
    auth: async (headers) => {
      const token = credentials(headers, "bearer");
      const ends = /^([0-9]{1,12})\./.exec(token)?.[1];
      if (ends === undefined || Number(ends) <= nowMs() / 1000) return false;
      const live = await Promise.all(keys.map(async (key) => `${ends}.${await sign(key, ends)}`));
      return isOneOf(live, token);
    },
  };
}

function checkOptions({ clientId, clientSecrets, expiresInSeconds = DEFAULT_LIFE_SECONDS }: BearerOptions): number {
  // Unreserved characters only: they are the same whether or not a client encodes them (RFC 6749 §2.3.1).
  const unreserved = /^[A-Za-z0-9._~-]+$/;
  const good = clientSecrets.every((secret) => unreserved.test(secret) && secret.length >= 32);
  if (!unreserved.test(clientId) || !good || clientSecrets.length < 1 || clientSecrets.length > 2) {
    throw badOption("clientId, and one or two clientSecrets of 32 characters, A-Z a-z 0-9 . _ ~ -");
  }
  return Math.floor(checkLeast(expiresInSeconds, { name: "expiresInSeconds", least: 60 }));
}

/** What stands behind the scheme in `Authorization`; empty: none, or several. */
function credentials(headers: Parameters<HeaderAuth>[0], scheme: "basic" | "bearer"): string {
  const [value = "", ...more] = headerValues(headers)("authorization");
  const [name = "", text = ""] = value.split(" ");
  return more.length === 0 && name.toLowerCase() === scheme ? text : "";
}

function grantOf(body: unknown): string | null {
  const bytes = bytesOf(body);
  if (bytes === null || bytes.length > 4096) return null;
  return new URLSearchParams(new TextDecoder().decode(bytes)).get("grant_type");
}
