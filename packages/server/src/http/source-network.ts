import ipaddr from "ipaddr.js";

/** The address itself: a socket that listens on all interfaces tells IPv4 as `::ffff:10.0.0.1`. */
export function plainAddress(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
}

/** What counts as one source: an IPv4 address, or the /64 of an IPv6 address, which one host has whole. */
export function sourceNetwork(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === "ipv4" ? parsed.toString() : parsed.toByteArray().slice(0, 8).join(".");
}
