import { type ReactNode, useId } from "react";

/** What an input gets from its field. */
export interface FieldParts {
  readonly id: string;
  readonly className: "input";
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": boolean;
}

/** A label, its input, a hint, and what is wrong; the four know of each other. */
export function Field({
  label,
  hint,
  wrong,
  children,
}: {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly wrong?: string | undefined;
  /** Draws the input with these on it: `{(parts) => <input {...parts} … />}` */
  readonly children: (parts: FieldParts) => ReactNode;
}) {
  const id = useId();
  const told = [hint === undefined ? null : `${id}-hint`, wrong === undefined ? null : `${id}-wrong`];
  const describedBy = told.filter((one) => one !== null).join(" ");
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        className: "input",
        "aria-describedby": describedBy === "" ? undefined : describedBy,
        "aria-invalid": wrong !== undefined,
      })}
      {hint === undefined ? null : (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {wrong === undefined ? null : (
        <span className="wrong" id={`${id}-wrong`} role="alert">
          {wrong}
        </span>
      )}
    </div>
  );
}
