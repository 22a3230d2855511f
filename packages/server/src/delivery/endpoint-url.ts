import { isIPv4 } from "node:net";
import { isInside, type Network } from "./address.ts";

/** Why an endpoint's URL is refused. */
export type UrlRefusal =
  | "tooLong"
  | "notVisibleAscii"
  | "backslash"
  | "notUrl"
  | "scheme"
  | "userInfo"
  | "fragment"
  | "address"
  | "name"
  | "port"
  | "notCanonical";

/** The verdict of {@link checkEndpointUrl}. */
export type EndpointUrlCheck =
  | {
      readonly ok: true;
      /** Canonical form; the one to store and to send to. */
      readonly url: string;
    }
  | {
      readonly ok: false;
      readonly reason: UrlRefusal;
      /** How the URL parser reads the text, without user info; `null`: it does not. */
      readonly canonical: string | null;
      /** One sentence for a person; names the setting where that would allow it. */
      readonly message: string;
    };

/** Where a request goes, as a URL or undici's connect options hold it. */
export interface Target {
  /** `https:` or `http:` */
  readonly protocol: string;
  /** Lower case, an IPv6 literal without brackets. */
  readonly hostname: string;
  /** 1…65535 */
  readonly port: number;
}

const SETTING = "SAMEFACE_ALLOWED_PRIVATE_NETWORKS";
const MAX_CHARACTERS = 2048;
const MAX_NAME_CHARACTERS = 253;
const PUBLIC_PORTS: readonly number[] = [443, 8443];
const FIRST_UNPRIVILEGED_PORT = 1024;
// Names that never lead to a public host (RFC 6761, 6762, 7686, 8375, and ICANN's .internal).
const RESERVED_SUFFIXES = [".localhost", ".local", ".internal", ".home.arpa", ".onion", ".invalid"];
// The underscore is no host name by RFC 952, but resolvers and certificates take it.
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

const MESSAGES: Readonly<Record<UrlRefusal, string>> = {
  tooLong: `The URL is longer than ${MAX_CHARACTERS} characters.`,
  notVisibleAscii: "The URL holds characters other than visible ASCII; write it in its encoded form.",
  backslash: "The URL holds a backslash.",
  notUrl: "This is not an absolute URL.",
  scheme: `The URL must begin with https:// (http:// only inside ${SETTING}).`,
  userInfo: "The URL holds a user name or a password; use the endpoint's headers.",
  fragment: "The URL holds a fragment, which is never sent.",
  address: `The host is an IP address; addresses are allowed only inside ${SETTING}.`,
  name: `The host must be a public name of two labels or more (localhost and single labels only inside ${SETTING}).`,
  port: `The port must be 443 or 8443 (1024 and above only inside ${SETTING}).`,
  notCanonical: "The URL is not written in its canonical form.",
};

/**
 * The rules of an endpoint's URL, as typed at registration; no look-up. Pure.
 * What it lets through only because private networks are allowed must also resolve into them: {@link needsAllowedNetwork}.
 * @see reliability.md B20
 */
export function checkEndpointUrl(
  text: string,
  options: { readonly allowedNetworks: readonly Network[] },
): EndpointUrlCheck {
  const early = refuseText(text);
  if (early !== null) return refusal(early, text);
  const url = URL.parse(text);
  if (url === null) return refusal("notUrl", text);
  const reason = refuseParts(text, { url, networks: options.allowedNetworks });
  return reason === null ? { ok: true, url: url.href } : refusal(reason, text);
}

/** Whether every address of the target must lie in an allowed private network: it breaks a rule that holds outside. */
export function needsAllowedNetwork(target: Target): boolean {
  return (
    target.protocol !== "https:" ||
    !PUBLIC_PORTS.includes(target.port) ||
    isLiteral(target.hostname) ||
    !isPublicName(target.hostname)
  );
}

/** The parts of a URL that decide where a request goes. */
export function targetOf(url: URL): Target {
  const defaultPort = url.protocol === "https:" ? 443 : 80;
  return {
    protocol: url.protocol,
    hostname: withoutBrackets(url.hostname),
    port: url.port === "" ? defaultPort : Number(url.port),
  };
}

/** Whether the host is an address and not a name. */
export function isLiteral(hostname: string): boolean {
  return hostname.includes(":") || isIPv4(hostname);
}

function refuseText(text: string): UrlRefusal | null {
  if (text.length > MAX_CHARACTERS) return "tooLong";
  // The URL parser drops tabs, newlines and soft hyphens in silence, and turns a backslash into a slash.
  if (!/^[\x21-\x7e]*$/.test(text)) return "notVisibleAscii";
  return text.includes("\\") ? "backslash" : null;
}

function refuseParts(text: string, { url, networks }: { url: URL; networks: readonly Network[] }): UrlRefusal | null {
  const target = targetOf(url);
  const inside = networks.length > 0;
  if (url.protocol !== "https:" && !(inside && url.protocol === "http:")) return "scheme";
  if (url.username !== "" || url.password !== "") return "userInfo";
  if (text.includes("#")) return "fragment";
  const host = refuseHost(target.hostname, networks);
  if (host !== null) return host;
  if (!PUBLIC_PORTS.includes(target.port) && !(inside && target.port >= FIRST_UNPRIVILEGED_PORT)) return "port";
  return isCanonical(text, url) ? null : "notCanonical";
}

function refuseHost(hostname: string, networks: readonly Network[]): UrlRefusal | null {
  if (isLiteral(hostname)) return isInside(hostname, networks) ? null : "address";
  if (isPublicName(hostname)) return null;
  const isLocalName = hostname === "localhost" || LABEL.test(hostname);
  return networks.length > 0 && isLocalName ? null : "name";
}

function isPublicName(hostname: string): boolean {
  const labels = hostname.split(".");
  return (
    hostname.length <= MAX_NAME_CHARACTERS &&
    labels.length >= 2 &&
    labels.every((label) => LABEL.test(label)) &&
    !RESERVED_SUFFIXES.some((suffix) => hostname.endsWith(suffix))
  );
}

/** Equal to what the parser makes of it, but for letter case of scheme and host, a missing `/`, and `:443`. */
function isCanonical(text: string, url: URL): boolean {
  const parts = /^([a-z]+:\/\/)([^/?]*)(.*)$/i.exec(text);
  if (parts === null) return false;
  const [, scheme = "", authority = "", rest = ""] = parts;
  const host = url.protocol === "https:" ? authority.replace(/:443$/, "") : authority;
  const path = rest.startsWith("/") ? rest : `/${rest}`;
  return `${scheme.toLowerCase()}${host.toLowerCase()}${path}` === url.href;
}

function refusal(reason: UrlRefusal, text: string): EndpointUrlCheck {
  return { ok: false, reason, canonical: canonicalForm(text), message: MESSAGES[reason] };
}

function canonicalForm(text: string): string | null {
  const url = URL.parse(text);
  if (url === null) return null;
  url.username = "";
  url.password = "";
  return url.href;
}

function withoutBrackets(hostname: string): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}
