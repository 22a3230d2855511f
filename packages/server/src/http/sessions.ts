import { hash } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Random } from "../random.ts";
import type { ApiKey } from "../store/records.ts";
import type { Session } from "../store/session-store.ts";
import type { Store } from "../store/store.ts";
import type { ClientFacts } from "./client-facts.ts";
import type { Caller } from "./route.ts";

/** 256 random bits (S29 wants 128). */
const TOKEN_BYTES = 32;
/** Unused for so long, a session is over (S29). */
export const IDLE_MS = 3_600_000;
/** Over, however much it is used: a working day. */
const LIFETIME_MS = 12 * 3_600_000;
/** For so long after signing in, secrets can be had without signing in again. */
export const FRESH_MS = 15 * 60_000;
const TOUCH_EVERY_MS = 60_000;

/** What a live session says of who calls. */
export interface SessionFacts {
  readonly hash: string;
  /** What unsafe requests have to name: derived from the cookie, which no script can read. */
  readonly csrfToken: string;
  readonly signedInAtMs: number;
  readonly expiresAtMs: number;
  readonly keyName: string;
}

/** A caller with a cookie in place of a key. */
export type SessionCaller = Caller & { readonly session: SessionFacts };

/** Sessions of people at the dashboard. */
export interface Sessions {
  /** `null`: no cookie, or a session that is over: ended, idle, too old, its key revoked or expired. */
  callerOf(client: ClientFacts): Promise<SessionCaller | null>;
  /** A new token each time; a session that the browser had before is ended. Answers the cookie to set. */
  begin(key: ApiKey, client: ClientFacts): Promise<{ readonly caller: SessionCaller; readonly cookie: string }>;
  /** Repeatable; answers the cookie that takes the old one away. */
  end(client: ClientFacts): Promise<string>;
}

/** What sessions are made of. */
export interface SessionParts {
  readonly store: Pick<Store, "createSession" | "findSession" | "touchSession" | "endSession">;
  readonly clock: Clock;
  readonly random: Random;
  readonly onFault: (fault: unknown) => void;
}

export function createSessions(parts: SessionParts): Sessions {
  const { store, random } = parts;
  const end = async (client: ClientFacts): Promise<string> => {
    const caller = await liveCaller(parts, client);
    if (caller !== null) {
      const { tenantId, actor, keyId, session } = caller;
      const audit = { actor, action: "session.ended", target: `key:${keyId}`, details: {} };
      await store.endSession({ tenantId, hash: session.hash, audit });
    }
    return cookieOf("", client, 0);
  };
  return {
    callerOf: async (client) => await liveCaller(parts, client),
    begin: async (key, client) => {
      await end(client);
      const token = Buffer.from(random.bytes(TOKEN_BYTES)).toString("base64url");
      const { tenantId, keyId } = key;
      const audit = { actor: `key:${keyId}`, action: "session.started", target: `key:${keyId}`, details: {} };
      const made = { tenantId, keyId, hash: hashOf(token), lifetimeMs: LIFETIME_MS, audit };
      const session = await store.createSession(made);
      return { caller: toCaller(key, session, token), cookie: cookieOf(token, client, LIFETIME_MS / 1_000) };
    },
    end,
  };
}

async function liveCaller({ store, clock, onFault }: SessionParts, client: ClientFacts): Promise<SessionCaller | null> {
  const token = tokenOf(client);
  if (token === null) return null;
  const found = await store.findSession(hashOf(token));
  if (found === null) return null;
  const { session, key } = found;
  const nowMs = clock.nowMs();
  if (session.expiresAtMs <= nowMs || session.seenAtMs + IDLE_MS <= nowMs) return null;
  if (key.revokedAtMs !== null || (key.expiresAtMs !== null && key.expiresAtMs <= nowMs)) return null;
  // Not waited for: its loss costs a minute of idleness.
  if (session.seenAtMs + TOUCH_EVERY_MS <= nowMs) store.touchSession(session).catch(onFault);
  return toCaller(key, session, token);
}

function toCaller({ keyId, tenantId, scopes, name }: ApiKey, session: Session, token: string): SessionCaller {
  const { hash: sessionHash, createdAtMs: signedInAtMs, expiresAtMs } = session;
  const facts = { hash: sessionHash, csrfToken: csrfOf(token), signedInAtMs, expiresAtMs, keyName: name };
  return { keyId, tenantId, scopes, actor: `key:${keyId}`, session: facts };
}

function hashOf(token: string): string {
  return hash("sha256", token, "hex");
}

function csrfOf(token: string): string {
  return hash("sha256", `csrf:${token}`, "hex");
}

/**
 * `__Host-` where it can be had: a cookie of this very host, over TLS. Over plain http browsers take no such cookie, and
 * cookies know no port: there its name does, so that two servers on loopback sign nobody out of the other.
 */
function cookieName({ secure, host }: ClientFacts): string {
  return secure ? "__Host-sameface" : `sameface-${/:(\d+)$/.exec(host)?.[1] ?? "80"}`;
}

function cookieOf(token: string, client: ClientFacts, seconds: number): string {
  const flags = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${client.secure ? "; Secure" : ""}`;
  return `${cookieName(client)}=${token}; ${flags}`;
}

function tokenOf(client: ClientFacts): string | null {
  const name = cookieName(client);
  for (const part of (client.cookie ?? "").split(";")) {
    const at = part.indexOf("=");
    if (part.slice(0, at).trim() === name) {
      const value = part.slice(at + 1).trim();
      return /^[A-Za-z0-9_-]{43}$/.test(value) ? value : null;
    }
  }
  return null;
}
