import type { ApiKey, AtMs, AuditEntry } from "./records.ts";

/** A person at the dashboard, signed in with an API key. */
export interface Session {
  readonly tenantId: string;
  readonly keyId: string;
  /** Lower-case hex SHA-256 of the token in the cookie. */
  readonly hash: string;
  readonly createdAtMs: AtMs;
  /** When it was last used, to the minute. */
  readonly seenAtMs: AtMs;
  /** Its absolute end, however much it is used. */
  readonly expiresAtMs: AtMs;
}

interface Where {
  readonly tenantId: string;
  readonly hash: string;
}

/** The part of the port about sessions. */
export interface SessionStore {
  /** Takes those of the tenant away that are over, too. */
  createSession(where: Where & { keyId: string; lifetimeMs: number; audit: AuditEntry }): Promise<Session>;
  /** With the key that it was made with, as that is now; `null`: no such session. The caller judges both. */
  findSession(hash: string): Promise<{ readonly session: Session; readonly key: ApiKey } | null>;
  touchSession(where: Where): Promise<void>;
  /** False: there is none. */
  endSession(where: Where & { audit: AuditEntry }): Promise<boolean>;
}
