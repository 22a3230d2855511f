import { CopyButton } from "./copy-button.tsx";

/** Text as it is, never markup, with a button that copies it. */
export function Code({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div className="code">
      <div className="row">
        <CopyButton text={text} label={`Copy ${label}`} />
      </div>
      {/* It scrolls, so the keyboard must reach it. */}
      <pre tabIndex={0} aria-label={label} role="region">
        {text}
      </pre>
    </div>
  );
}
