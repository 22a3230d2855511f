import type { ReactNode } from "react";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icons.ts";

interface ButtonLook {
  readonly kind?: "primary" | "danger" | "quiet";
  readonly small?: boolean;
  readonly icon?: IconName;
  readonly children: ReactNode;
}

const classOf = ({ kind, small }: ButtonLook): string =>
  ["button", kind, small === true ? "small" : undefined].filter((one) => one !== undefined).join(" ");

/** A button that does something; `submit` sends the form around it. */
export function Button({
  onPress,
  busy = false,
  disabled = false,
  why,
  submit = false,
  ...look
}: ButtonLook & {
  readonly onPress?: () => void;
  readonly busy?: boolean;
  readonly disabled?: boolean;
  /** Why it is disabled, as its tooltip. */
  readonly why?: string | undefined;
  readonly submit?: boolean;
}) {
  return (
    <button
      type={submit ? "submit" : "button"}
      className={classOf(look)}
      disabled={disabled || busy}
      aria-busy={busy}
      title={why}
      onClick={onPress}
    >
      {look.icon === undefined ? null : <Icon name={look.icon} />}
      {look.children}
    </button>
  );
}

/** A link that looks like a button. */
export function LinkButton({ href, ...look }: ButtonLook & { readonly href: string }) {
  return (
    <a className={classOf(look)} href={href}>
      {look.icon === undefined ? null : <Icon name={look.icon} />}
      {look.children}
    </a>
  );
}
