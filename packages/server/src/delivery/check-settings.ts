import type { Network } from "./address.ts";
import { isInside } from "./address.ts";
import type { AddressGuard } from "./address-guard.ts";
import { authKindOf } from "./auth/index.ts";
import type { AuthSettings } from "./auth-kind.ts";
import { checkEndpointUrl, targetOf } from "./endpoint-url.ts";
import { checkOwnHeaders } from "./own-headers.ts";

/** A setting that is refused, and why. */
export interface SettingRefusal {
  readonly kind: "refused";
  readonly field: "url" | "headers" | "auth";
  /** One sentence for a person; names the setting where that would allow it, and never a value that may be a secret. */
  readonly message: string;
  /** How the URL is read, where it can be; `null` for everything else. */
  readonly canonical: string | null;
}

/** What settings are judged by. */
export interface SettingRules {
  /** `SAMEFACE_ALLOWED_PRIVATE_NETWORKS`, parsed. */
  readonly allowedNetworks: readonly Network[];
  /** The sender's own, so that registration and attempt judge alike. */
  readonly guard: AddressGuard;
}

/** The URL rules, and the name's addresses where it resolves now; one that does not is accepted (reliability.md B22). */
export async function checkUrl(
  text: string,
  { allowedNetworks, guard }: SettingRules,
): Promise<
  | {
      readonly kind: "checked";
      readonly url: string;
      /** All its addresses lie in the allowed private networks: it is the operator's own. */
      readonly inside: boolean;
    }
  | SettingRefusal
> {
  const check = checkEndpointUrl(text, { allowedNetworks });
  if (!check.ok) return { kind: "refused", field: "url", message: check.message, canonical: check.canonical };
  const vetted = await guard.vet(targetOf(new URL(check.url)));
  if (vetted.kind === "addresses") {
    const inside = vetted.addresses.every((address) => isInside(address, allowedNetworks));
    return { kind: "checked", url: check.url, inside };
  }
  if (vetted.reason !== "blockedAddress") return { kind: "checked", url: check.url, inside: false };
  return { kind: "refused", field: "url", message: BLOCKED_MESSAGE, canonical: check.url };
}

const BLOCKED_MESSAGE =
  "The host leads to an address that nothing is sent to (private ones only inside SAMEFACE_ALLOWED_PRIVATE_NETWORKS).";

/** The endpoint's own headers, with lower-case names. */
export function checkHeaders(
  headers: Readonly<Record<string, string>> | null,
): { readonly kind: "checked"; readonly headers: Readonly<Record<string, string>> } | SettingRefusal {
  const check = checkOwnHeaders(headers ?? {});
  if (check.ok) return { kind: "checked", headers: check.headers };
  return { kind: "refused", field: "headers", message: `${check.name}: ${check.message}`, canonical: null };
}

/** The sign-in beyond its schema; `null`: nothing is wrong with it. */
export async function checkAuth(auth: AuthSettings | null, rules: SettingRules): Promise<SettingRefusal | null> {
  if (auth === null) return null;
  const kind = authKindOf(auth.kind);
  const message = kind.refusal(auth);
  if (message !== null) return { kind: "refused", field: "auth", message, canonical: null };
  for (const url of kind.urls(auth)) {
    const checked = await checkUrl(url, rules);
    if (checked.kind === "refused") return { ...checked, field: "auth" };
  }
  return null;
}
