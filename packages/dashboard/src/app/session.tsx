import { type ApiClient, createApiClient, type Schemas } from "@sameface/contract/client";
import { createContext, type ReactNode, useContext, useMemo } from "react";

/** A person who is signed in. */
export type SignedIn = Extract<Schemas["SessionView"], { readonly signedIn: true }>;
type Scope = SignedIn["scopes"][number];

/** A client that speaks as the session of this browser. */
export function clientFor(csrfToken: string | null): ApiClient {
  return createApiClient({
    url: window.location.origin,
    fetch: async (url, init) => {
      const headers = new Headers(init.headers);
      if (csrfToken !== null) headers.set("x-sameface-csrf", csrfToken);
      return await fetch(url, { ...init, headers, credentials: "same-origin" });
    },
  });
}

interface SessionParts {
  readonly session: SignedIn;
  readonly client: ApiClient;
  /** Asks for the key again, and resolves once signed in; `false`: the person thought better of it. */
  readonly signInAgain: () => Promise<boolean>;
  /** The session is over: shows the sign-in page. */
  readonly onEnd: () => void;
}

const SessionContext = createContext<SessionParts | null>(null);

export function SessionProvider({
  children,
  ...parts
}: Omit<SessionParts, "client"> & { readonly children: ReactNode }) {
  const { session, signInAgain, onEnd } = parts;
  const { csrfToken } = session;
  const client = useMemo(() => clientFor(csrfToken), [csrfToken]);
  const value = useMemo(() => ({ session, client, signInAgain, onEnd }), [session, client, signInAgain, onEnd]);
  return <SessionContext value={value}>{children}</SessionContext>;
}

/** Who is signed in, and the client that speaks for them. */
export function useSession(): SessionParts {
  const parts = useContext(SessionContext);
  if (parts === null) throw new Error("there is no session here");
  return parts;
}

/** Whether the person may do what needs this scope. */
export function useMay(scope: Scope): boolean {
  return holds(useSession().session.scopes, scope);
}

function holds(scopes: readonly Scope[], scope: Scope): boolean {
  return scopes.includes(scope) || scopes.includes("root") || (scope !== "root" && scopes.includes("admin"));
}
