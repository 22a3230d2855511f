import { useState } from "react";
import icon from "../app/icon.svg";
import { clientFor, type SignedIn } from "../app/session.tsx";
import { attempt } from "../app/use-answer.tsx";
import { Button } from "../kit/button.tsx";
import { Field } from "../kit/field.tsx";
import { signInFault } from "./sign-in-fault.ts";

/** The form that exchanges a key for a session; the key is kept nowhere. */
export function SignInForm({
  action,
  onSignedIn,
}: {
  readonly action: string;
  readonly onSignedIn: (session: SignedIn) => void;
}) {
  const [key, setKey] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const submit = async (): Promise<void> => {
    setBusy(true);
    setWrong(undefined);
    const answer = await attempt(async () => await clientFor(null).signIn({ body: { key } }));
    setBusy(false);
    if (answer.ok && answer.body.signedIn) onSignedIn(answer.body);
    else setWrong(signInFault(answer.ok ? 0 : answer.status));
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Field label="API key" wrong={wrong} hint="The first start printed one; an administrator can make more.">
        {(parts) => (
          <input
            {...parts}
            type="password"
            name="key"
            required
            maxLength={512}
            autoComplete="current-password"
            spellCheck={false}
            value={key}
            onChange={(event) => {
              setKey(event.target.value);
            }}
          />
        )}
      </Field>
      <Button submit kind="primary" busy={busy} icon="key">
        {action}
      </Button>
    </form>
  );
}

/** The page of who is not signed in. */
export function SignInPage({ onSignedIn }: { readonly onSignedIn: (session: SignedIn) => void }) {
  return (
    <main className="sign-in">
      <div className="card">
        <div className="body stack sign-in-card">
          <img src={icon} alt="" width={44} height={44} />
          <div>
            <h1>Sign in to sameface</h1>
            <p className="note">What you may see and do follows from the scopes of your key.</p>
          </div>
          <SignInForm action="Sign in" onSignedIn={onSignedIn} />
        </div>
      </div>
    </main>
  );
}
