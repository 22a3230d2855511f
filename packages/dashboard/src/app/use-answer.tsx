import type { ApiClient, Schemas } from "@sameface/contract/client";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Failure } from "../kit/states.tsx";
import { useSession } from "./session.tsx";

/** What a call of the client resolves to, seen from here. */
export type AnyAnswer<Body> =
  | { readonly ok: true; readonly body: Body }
  | { readonly ok: false; readonly status: number; readonly problem: Schemas["Problem"] };

/** Something that is being asked for, or was. */
export type Asked<Body> =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly body: Body }
  | { readonly state: "failed"; readonly failure: Failure };

/** Runs a call; what the server refuses and what the network loses are both values. */
export async function attempt<Body>(
  call: () => Promise<AnyAnswer<Body>>,
): Promise<
  | { readonly ok: true; readonly body: Body }
  | { readonly ok: false; readonly status: number; readonly failure: Failure }
> {
  try {
    const answer = await call();
    return answer.ok ? answer : { ok: false, status: answer.status, failure: answer.problem };
  } catch {
    return { ok: false, status: 0, failure: null };
  }
}

/**
 * Asks the server, and again when `key` changes or `reload` is called; what is shown stays while it is asked again.
 * @param key names what is asked for: all that `ask` depends on
 * @example
 * const { asked, reload } = useAnswer("policy", (client) => client.readPolicy());
 */
export function useAnswer<Body>(
  key: string,
  ask: (client: ApiClient, signal: AbortSignal) => Promise<AnyAnswer<Body>>,
): { readonly asked: Asked<Body>; readonly reload: () => void } {
  const { client, onEnd } = useSession();
  const [held, setHeld] = useState<{ readonly key: string; readonly asked: Asked<Body> }>({ key, asked: LOADING });
  const [turn, setTurn] = useState(0);
  // The latest closure, so that a new one at every drawing asks nothing anew.
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    const ended = new AbortController();
    void attempt(async () => await latest.current(client, ended.signal)).then((answer) => {
      if (ended.signal.aborted) return;
      if (!answer.ok && answer.status === 401) onEnd();
      setHeld({
        key,
        asked: answer.ok ? { state: "ready", body: answer.body } : { state: "failed", failure: answer.failure },
      });
    });
    return () => {
      ended.abort();
    };
  }, [client, key, turn, onEnd]);
  const reload = useCallback(() => {
    setTurn((last) => last + 1);
  }, []);
  return { asked: held.key === key ? held.asked : LOADING, reload };
}

const LOADING = { state: "loading" } as const;
