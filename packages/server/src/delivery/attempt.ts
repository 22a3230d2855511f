import type { Clock } from "../clock.ts";
import type { Endpoint } from "../store/records.ts";
import { authKindOf } from "./auth/index.ts";
import type { AuthKind, AuthSettings, SignIn } from "./auth-kind.ts";
import { startDeadline } from "./deadline.ts";
import { createKeyRing, type KeyRing } from "./key-ring.ts";
import type { SignEd25519 } from "./node-signing.ts";
import { openAuth, type Sealer } from "./sealed-endpoint.ts";
import { SEND_LIMITS, type Send, type SendRequest } from "./send.ts";
import type { SendResult } from "./send-result.ts";
import { signRequest, type ToSign } from "./sign-request.ts";
import { createTokenMemory, type TokenMemory } from "./token-memory.ts";

/** What is sent, to whom, and what acknowledges it. */
export interface AttemptRequest extends ToSign, Pick<SendRequest, "acknowledges" | "signal"> {}

/** Makes one attempt at an endpoint: signed, signed in, posted. Never rejects for what the world does. */
export type Attempt = (request: AttemptRequest) => Promise<SendResult>;

/** What {@link createAttempt} is made of. */
export interface AttemptParts {
  readonly send: Send;
  readonly vault: Sealer;
  readonly clock: Clock;
  /** Of sameface, for `user-agent`. */
  readonly version: string;
  /** Absent: at once. */
  readonly signEd25519?: SignEd25519;
}

const UNAUTHORIZED = 401;

/** Remembers tokens and keeps keys open for as long as it lives. */
export function createAttempt(parts: AttemptParts): Attempt {
  const tokens = createTokenMemory();
  const keyRing = createKeyRing(parts.vault, parts.signEd25519);
  return async (request) => {
    let auth: OpenedAuth | null;
    try {
      auth = openedAuth(request.endpoint, parts.vault);
    } catch {
      // The fault's text may hold key material; the word is enough to find the endpoint (S34).
      return UNREADABLE;
    }
    if (auth === null) return await post({}, request, { ...parts, keyRing });
    // A token and two posts have ONE clock, as a post alone has (reliability.md T9).
    const deadline = startDeadline(request.signal, { clock: parts.clock, totalMs: SEND_LIMITS.totalMs });
    try {
      return await signedIn(auth, { ...request, signal: deadline.signal }, { ...parts, tokens, keyRing });
    } finally {
      deadline.cancel();
    }
  };
}

const UNREADABLE: SendResult = { kind: "failed", reason: "secretUnreadable" };

interface OpenedAuth {
  readonly kind: AuthKind;
  readonly settings: AuthSettings;
  readonly memoryKey: string;
}

function openedAuth(endpoint: Endpoint, vault: Sealer): OpenedAuth | null {
  const settings = openAuth(endpoint, vault);
  if (settings === null || endpoint.sealedAuth === null) return null;
  // Each change seals anew, under a fresh nonce: the sealed bytes name exactly these settings of this endpoint.
  const memoryKey = Buffer.from(endpoint.sealedAuth).toString("base64");
  return { kind: authKindOf(settings.kind), settings, memoryKey };
}

async function signedIn(
  { kind, settings, memoryKey }: OpenedAuth,
  request: AttemptRequest,
  parts: AttemptParts & { readonly tokens: TokenMemory; readonly keyRing: KeyRing },
): Promise<SendResult> {
  const { signal } = request;
  const signIn = async (refused: Readonly<Record<string, string>> | null): Promise<SignIn> =>
    await kind.signIn(settings, {
      tokens: parts.tokens,
      memoryKey,
      refused,
      nowMs: () => parts.clock.nowMs(),
      post: async (token) => await parts.send({ ...token, headers: ownOf(token.headers, parts), acknowledges, signal }),
    });
  const first = await signIn(null);
  if (first.kind === "failed") return first;
  const result = await post(first.headers, request, parts);
  if (!kind.renews || result.kind === "failed" || result.status !== UNAUTHORIZED) return result;
  const second = await signIn(first.headers);
  return second.kind === "failed" ? second : await post(second.headers, request, parts);
}

const acknowledges = (status: number): boolean => status === 200;

function ownOf(headers: Readonly<Record<string, string>>, { version }: AttemptParts): Readonly<Record<string, string>> {
  return { "user-agent": `sameface/${version}`, "accept-encoding": "identity", ...headers };
}

async function post(
  authHeaders: Readonly<Record<string, string>>,
  request: AttemptRequest,
  { vault, clock, version, send, keyRing }: AttemptParts & { readonly keyRing: KeyRing },
): Promise<SendResult> {
  let headers: Readonly<Record<string, string>>;
  try {
    headers = await signRequest(request, { vault, nowMs: clock.nowMs(), version, keyRing, authHeaders });
  } catch {
    return UNREADABLE;
  }
  const { endpoint, body, acknowledges: judge, signal } = request;
  return await send({ url: endpoint.url, headers, body, acknowledges: judge, signal });
}
