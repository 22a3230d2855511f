import type { Static, TObject } from "typebox";
import type { SendFailure, SendResult } from "./send-result.ts";
import type { TokenMemory } from "./token-memory.ts";

/** Headers that sign a request in, or why there are none. */
export type SignIn =
  | { readonly kind: "headers"; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: "failed"; readonly reason: SendFailure };

/** What a way of signing in may use. Everything that it posts goes through the sender: same guard, same limits. */
export interface SignInTools {
  readonly tokens: TokenMemory;
  /** Names the settings, for what is remembered of them. */
  readonly memoryKey: string;
  /** Headers that were just answered 401; `null`: the first try. */
  readonly refused: Readonly<Record<string, string>> | null;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly post: (request: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array;
  }) => Promise<SendResult>;
}

/** A way of signing in at an endpoint; a file in `auth/` makes one, and knows no other. */
export interface AuthKind<Settings = AuthSettings> {
  /** The setting `auth` of an endpoint; its `kind` is a literal that names this. */
  readonly settings: TObject;
  /** What is wrong beyond the schema, in one sentence without any value; `null`: nothing. */
  refusal(settings: Settings): string | null;
  /** URLs that it posts to: judged as the endpoint's own. */
  urls(settings: Settings): readonly string[];
  /** Whether other headers may help after a 401: then `signIn` is asked once more. */
  readonly renews: boolean;
  signIn(settings: Settings, tools: SignInTools): Promise<SignIn>;
}

/** Settings of any kind, as the schema of `auth/` let them through. */
export interface AuthSettings {
  readonly kind: string;
  readonly [setting: string]: unknown;
}

/** Keeps the types of the settings inside of one file. */
export function defineAuthKind<S extends TObject>(
  kind: Omit<AuthKind<Static<S>>, "settings"> & { readonly settings: S },
): AuthKind {
  // What is handed in was checked against this very schema when the endpoint was made, and sealed since.
  return kind as unknown as AuthKind;
}

/** Text as `Basic` credentials (RFC 7617, UTF-8). */
export function basicCredentials(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, "utf8").toString("base64")}`;
}
