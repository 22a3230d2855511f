import { Type } from "typebox";
import type { AuthKind, AuthSettings } from "../auth-kind.ts";
import { basic } from "./basic.ts";
import { oauth2 } from "./oauth2.ts";
import { staticHeaders } from "./static-headers.ts";

/** The ways of signing in at an endpoint; the order is that of the API's document. */
const AUTH_KINDS: readonly AuthKind[] = [staticHeaders, basic, oauth2];

/** The setting `auth` of an endpoint: the union of what the kinds want. */
export const EndpointAuth = Type.Unsafe<AuthSettings>(Type.Union(AUTH_KINDS.map((kind) => kind.settings)));

/** The names of the kinds. */
export const AUTH_NAMES: readonly string[] = AUTH_KINDS.map(nameOf);

/** The kind of this name. @throws {TypeError} for a name that no schema lets through */
export function authKindOf(name: string): AuthKind {
  const kind = AUTH_KINDS.find((one) => nameOf(one) === name);
  if (kind === undefined) throw new TypeError("there is no such way of signing in");
  return kind;
}

function nameOf({ settings }: AuthKind): string {
  const { const: name } = settings.properties["kind"] as unknown as { readonly const: string };
  return name;
}
