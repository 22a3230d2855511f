import type { ApiClient } from "@sameface/contract/client";
import { useCallback, useState } from "react";
import { failureWords } from "../kit/failure-words.ts";
import type { Failure } from "../kit/states.tsx";
import { useSession } from "./session.tsx";
import { useTell } from "./toasts.tsx";
import { type AnyAnswer, attempt } from "./use-answer.tsx";

/** Does something; resolves to what was answered, `null` where it was not done (that is told already). */
export type Act = <Body>(
  call: (client: ApiClient) => Promise<AnyAnswer<Body>>,
  options?: {
    readonly done?: string;
    /** Told of a refusal in place of a toast: for a form, which shows it beside what is wrong. */
    readonly refused?: (failure: Failure) => void;
  },
) => Promise<Body | null>;

/**
 * For buttons that change something: one at a time, tells how it went, and asks for the key again where the server wants
 * a fresh sign-in.
 * @example
 * const { act, busy } = useAct();
 * <Button busy={busy} onPress={() => void act((client) => client.retryDelivery({ id }), { done: "Queued" }).then(reload)}>
 */
export function useAct(): { readonly act: Act; readonly busy: boolean } {
  const { client, signInAgain, onEnd } = useSession();
  const tell = useTell();
  const [busy, setBusy] = useState(false);
  const act = useCallback<Act>(
    async (call, { done, refused } = {}) => {
      setBusy(true);
      try {
        const answer = await attempt(async () => await call(client));
        if (answer.ok) {
          if (done !== undefined) tell("good", done);
          return answer.body;
        }
        if (answer.failure?.code === "signInAgain") {
          // A new session has a new token, which this closure does not have: the person presses once more.
          if (await signInAgain()) tell("good", "Signed in again. Please repeat what you were doing.");
          return null;
        }
        if (answer.status === 401) onEnd();
        if (refused !== undefined) refused(answer.failure);
        else tell("bad", failureWords(answer.failure));
        return null;
      } finally {
        setBusy(false);
      }
    },
    [client, signInAgain, onEnd, tell],
  );
  return { act, busy };
}
