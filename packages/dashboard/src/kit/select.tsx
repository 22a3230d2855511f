import type { FieldParts } from "./field.tsx";

/** One of a few. Spread what a field gives: `<Select {...parts} …/>`. */
export function Select<Name extends string>({
  options,
  value,
  onChange,
  disabled = false,
  ...parts
}: FieldParts & {
  readonly options: readonly { readonly value: Name; readonly label: string }[];
  readonly value: Name;
  readonly onChange: (value: Name) => void;
  readonly disabled?: boolean;
}) {
  return (
    <select
      {...parts}
      value={value}
      disabled={disabled}
      onChange={(event) => {
        const chosen = options.find((option) => option.value === event.target.value);
        if (chosen !== undefined) onChange(chosen.value);
      }}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
