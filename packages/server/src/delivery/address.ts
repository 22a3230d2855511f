import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** A range of addresses, `127.0.0.0/8`. */
export interface Network {
  /** As it was written, in canonical form. */
  readonly text: string;
  /** Leading bits that count. */
  readonly bits: number;
  readonly base: ipaddr.IPv4 | ipaddr.IPv6;
}

/** What {@link parseNetworks} answers; `message` is one line for a person. */
export type ParsedNetworks =
  | { readonly ok: true; readonly networks: readonly Network[] }
  | { readonly ok: false; readonly message: string };

// reliability.md B21; source: IANA special-purpose registries, and 168.63.129.16, a cloud's agent on a public-looking address.
const REFUSED_IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "168.63.129.16/32",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
].map(toNetwork);

// Everything outside global unicast is refused, so mapped, NAT64, unique local, link local and multicast need no row.
const GLOBAL_UNICAST = toNetwork("2000::/3");
const REFUSED_INSIDE_GLOBAL_UNICAST = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"].map(toNetwork);

/**
 * Whether an address may be connected to when no private network is allowed.
 * @param text one address as a resolver or a socket gives it
 * @returns `malformed` for whatever is not one plain address: brackets, port, zone, octal, number
 * @see reliability.md B21
 */
export function classifyAddress(text: string): "public" | "refused" | "malformed" {
  const address = parseAddress(text);
  if (address === null) return "malformed";
  return isRefused(address) ? "refused" : "public";
}

/** Whether the address lies in one of the networks; false for what is not one plain address. */
export function isInside(text: string, networks: readonly Network[]): boolean {
  const address = parseAddress(text);
  return address !== null && networks.some((network) => contains(network, address));
}

/**
 * Reads the value of `SAMEFACE_ALLOWED_PRIVATE_NETWORKS`.
 * @param text comma-separated CIDR ranges, spaces around them allowed; empty: none
 */
export function parseNetworks(text: string): ParsedNetworks {
  const networks: Network[] = [];
  if (text.trim() === "") return { ok: true, networks };
  for (const part of text.split(",").map((item) => item.trim())) {
    const network = parseNetwork(part);
    if (typeof network === "string") return { ok: false, message: network };
    networks.push(network);
  }
  return { ok: true, networks };
}

function parseNetwork(part: string): Network | string {
  const [addressText = "", bitsText = "", ...rest] = part.split("/");
  const address = parseAddress(addressText);
  const most = address?.kind() === "ipv4" ? 32 : 128;
  if (address === null || rest.length > 0 || !/^[0-9]{1,3}$/.test(bitsText) || Number(bitsText) > most) {
    return `"${part}" is not a network; write it as 127.0.0.0/8 or ::1/128`;
  }
  const bits = Number(bitsText);
  const base = firstOf(address, bits);
  // 10.0.0.7/8 may have been meant as one host or as the whole network: a wrong guess would open too much.
  if (base.toString() !== address.toString()) {
    return `"${part}" has bits after the prefix; write ${base.toString()}/${bits} or ${address.toString()}/${most}`;
  }
  return { text: `${base.toString()}/${bits}`, base, bits };
}

function firstOf(address: ipaddr.IPv4 | ipaddr.IPv6, bits: number): ipaddr.IPv4 | ipaddr.IPv6 {
  const bytes = address
    .toByteArray()
    .map((byte, index) => byte & (0xff00 >> Math.min(8, Math.max(0, bits - index * 8))));
  return ipaddr.fromByteArray(bytes.map((byte) => byte & 0xff));
}

function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  // ipaddr.js alone reads octal, hex and single numbers; Node alone takes a zone. Together only plain addresses pass.
  if (!/^[0-9a-fA-F:.]+$/.test(text) || isIP(text) === 0) return null;
  return ipaddr.parse(text);
}

function isRefused(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address.kind() === "ipv4") return REFUSED_IPV4.some((network) => contains(network, address));
  return (
    !contains(GLOBAL_UNICAST, address) || REFUSED_INSIDE_GLOBAL_UNICAST.some((network) => contains(network, address))
  );
}

function contains(network: Network, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return address.kind() === network.base.kind() && address.match(network.base, network.bits);
}

function toNetwork(text: string): Network {
  const [base, bits] = ipaddr.parseCIDR(text);
  return { text, base, bits };
}
