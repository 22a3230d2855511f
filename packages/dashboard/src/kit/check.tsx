import type { ReactNode } from "react";

/** A box that is checked or not, and what that means. */
export function Check({
  checked,
  disabled,
  title,
  children,
  onChange,
}: {
  readonly checked: boolean;
  readonly disabled?: boolean;
  /** Why it is disabled. */
  readonly title?: string | undefined;
  readonly children: ReactNode;
  readonly onChange: (checked: boolean) => void;
}) {
  return (
    <label className="check" title={title}>
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => {
          onChange(event.target.checked);
        }}
      />
      <span>{children}</span>
    </label>
  );
}
