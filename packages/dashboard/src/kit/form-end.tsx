import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { failureWords } from "./failure-words.ts";
import { Banner, type Failure } from "./states.tsx";

/** The end of a form: what the server refused, the way back, and the button that sends. */
export function FormEnd({
  failure,
  busy,
  missing,
  onCancel,
  children,
}: {
  /** Absent: nothing was refused, or it is told elsewhere. */
  readonly failure?: Failure | undefined;
  readonly busy: boolean;
  /** What has to be filled in first, as the button's tooltip; `null`: it may be sent. */
  readonly missing: string | null;
  readonly onCancel: () => void;
  /** The words on the button. */
  readonly children: ReactNode;
}) {
  return (
    <>
      {failure === undefined ? null : (
        <div role="alert">
          <Banner tone="bad">{failureWords(failure)}</Banner>
        </div>
      )}
      <div className="actions">
        <Button onPress={onCancel}>Cancel</Button>
        <Button submit kind="primary" busy={busy} disabled={missing !== null} why={missing ?? undefined}>
          {children}
        </Button>
      </div>
    </>
  );
}
