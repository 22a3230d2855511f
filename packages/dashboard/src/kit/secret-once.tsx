import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";
import { Banner } from "./states.tsx";

/** A secret that is told this one time: what it is for, the secret itself, a way to copy it. */
export function SecretOnce({
  secret,
  label,
  children,
  onDone,
}: {
  readonly secret: string;
  readonly label: string;
  readonly children: string;
  readonly onDone: () => void;
}) {
  return (
    <div className="stack">
      <Banner tone="warn">{children}</Banner>
      <div className="secret">
        <code className="wrap" aria-label={label}>
          {secret}
        </code>
        <CopyButton text={secret} label={`Copy ${label}`} />
      </div>
      <div className="actions">
        <Button kind="primary" onPress={onDone}>
          I have kept it
        </Button>
      </div>
    </div>
  );
}
