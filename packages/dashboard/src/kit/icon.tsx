import { ICONS, type IconName } from "./icons.ts";

/** Decoration: what it stands for is said in words beside it. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={ICONS[name]} />
    </svg>
  );
}
