import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Button } from "./button.tsx";

/**
 * A question over the page: the browser's own modal dialog, which keeps the focus, closes with Escape and gives the
 * focus back. Draw it only while it is open.
 */
export function Dialog({
  title,
  wide = false,
  onClose,
  children,
}: {
  readonly title: string;
  readonly wide?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog?.open === false) dialog.showModal();
    return () => {
      dialog?.close();
    };
  }, []);
  return (
    <dialog ref={ref} className={wide ? "dialog wide" : "dialog"} aria-labelledby={id} onCancel={onClose}>
      <header>
        <h2 id={id}>{title}</h2>
        <Button kind="quiet" small icon="close" onPress={onClose}>
          <span className="hidden">Close</span>
        </Button>
      </header>
      <div className="body">{children}</div>
    </dialog>
  );
}

/** Asks once more before what cannot be taken back. `typed`: a word to type first. */
export function Confirm({
  title,
  children,
  action,
  danger = false,
  typed,
  onConfirm,
  onClose,
}: {
  readonly title: string;
  readonly children: ReactNode;
  /** What the button says: the verb. */
  readonly action: string;
  readonly danger?: boolean;
  readonly typed?: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}) {
  const [text, setText] = useState("");
  const id = useId();
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="stack">
        <div>{children}</div>
        {typed === undefined ? null : (
          <div className="field">
            <label htmlFor={id}>
              Type <b className="mono">{typed}</b> to go on
            </label>
            <input
              id={id}
              className="input"
              value={text}
              autoComplete="off"
              onChange={(event) => {
                setText(event.target.value);
              }}
            />
          </div>
        )}
      </div>
      <div className="actions">
        <Button onPress={onClose}>Cancel</Button>
        <Button
          kind={danger ? "danger" : "primary"}
          disabled={typed !== undefined && text !== typed}
          onPress={onConfirm}
        >
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
