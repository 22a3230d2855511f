import { useCallback, useEffect, useRef, useState } from "react";
import { Dialog } from "../kit/dialog.tsx";
import { Failed, Loading } from "../kit/states.tsx";
import { SignInForm, SignInPage } from "../sign-in/sign-in.tsx";
import { clientFor, SessionProvider, type SignedIn } from "./session.tsx";
import { Shell } from "./shell.tsx";
import { ToastProvider } from "./toasts.tsx";
import { attempt } from "./use-answer.tsx";

type Known = SignedIn | "unknown" | "nobody" | "unreachable";

/** The whole dashboard: who is it, then the pages. */
export function App() {
  const [known, setKnown] = useState<Known>("unknown");
  const ask = useCallback(async () => {
    const answer = await attempt(async () => await clientFor(null).readSession());
    if (!answer.ok) setKnown("unreachable");
    else setKnown(answer.body.signedIn ? answer.body : "nobody");
  }, []);
  useEffect(() => void ask(), [ask]);
  const onEnd = useCallback(() => {
    setKnown("nobody");
  }, []);
  if (known === "unknown") return <Loading />;
  if (known === "unreachable") return <Failed failure={null} onRetry={() => void ask()} />;
  if (known === "nobody") return <SignInPage onSignedIn={setKnown} />;
  return <SignedInApp session={known} onSession={setKnown} onEnd={onEnd} />;
}

function SignedInApp({
  session,
  onSession,
  onEnd,
}: {
  readonly session: SignedIn;
  readonly onSession: (session: SignedIn) => void;
  readonly onEnd: () => void;
}) {
  const [asking, setAsking] = useState(false);
  const waiting = useRef<(done: boolean) => void>(undefined);
  const answer = (done: boolean): void => {
    setAsking(false);
    waiting.current?.(done);
  };
  const signInAgain = useCallback(async () => {
    setAsking(true);
    return await new Promise<boolean>((resolve) => {
      waiting.current = resolve;
    });
  }, []);
  return (
    <ToastProvider>
      <SessionProvider session={session} signInAgain={signInAgain} onEnd={onEnd}>
        <Shell />
        {asking ? (
          <Dialog
            title="Sign in again"
            onClose={() => {
              answer(false);
            }}
          >
            <div className="stack">
              <p className="note">Secrets, exports and erasures want a sign-in of the last quarter of an hour.</p>
              <SignInForm
                action="Sign in again"
                onSignedIn={(next) => {
                  onSession(next);
                  answer(true);
                }}
              />
            </div>
          </Dialog>
        ) : null}
      </SessionProvider>
    </ToastProvider>
  );
}
