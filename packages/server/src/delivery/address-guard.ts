import { classifyAddress, isInside, type Network } from "./address.ts";
import { isLiteral, needsAllowedNetwork, type Target } from "./endpoint-url.ts";
import type { Lookup, Resolver } from "./resolver.ts";

/** An address and port that this very process listens on. */
export interface Listener {
  /** An IP address, `0.0.0.0` and `::` included. */
  readonly address: string;
  readonly port: number;
}

/** What {@link createAddressGuard} is made of. */
export interface AddressGuardOptions {
  readonly resolver: Resolver;
  /** `SAMEFACE_ALLOWED_PRIVATE_NETWORKS`, parsed. */
  readonly allowedNetworks: readonly Network[];
  /** Nothing is sent to ourselves (reliability.md B21). */
  readonly ownListeners: () => readonly Listener[];
  /** Addresses of this host's interfaces, for a listener that listens on all of them. */
  readonly ownAddresses: () => readonly string[];
}

/** Addresses of a target, all of them judged; or why there are none. */
export type Vetted =
  | { readonly kind: "addresses"; readonly addresses: readonly string[] }
  | { readonly kind: "failed"; readonly reason: "blockedAddress" | Extract<Lookup, { kind: "failed" }>["reason"] };

/** Says where a request may go: literal, resolved and connected addresses alike (S22). */
export interface AddressGuard {
  /** The target's addresses; `blockedAddress` if ANY of them is refused. */
  vet(target: Target): Promise<Vetted>;
  /** Whether this address may be connected to for this target. */
  permits(address: string, target: Target): boolean;
}

const LOOPBACK: readonly string[] = ["127.0.0.1", "::1"];
const ANY_ADDRESS: readonly string[] = ["0.0.0.0", "::"];
const BLOCKED = { kind: "failed", reason: "blockedAddress" } as const;

/** @see reliability.md B21, B22, F18 */
export function createAddressGuard(options: AddressGuardOptions): AddressGuard {
  const permits = (address: string, target: Target): boolean => {
    if (isOwn(address, target.port, options)) return false;
    if (isInside(address, options.allowedNetworks)) return true;
    return !needsAllowedNetwork(target) && classifyAddress(address) === "public";
  };
  const vet = async (target: Target): Promise<Vetted> => {
    // `localhost` is loopback by RFC 6761, whatever a name server says; the setting may name one family only.
    if (target.hostname === "localhost") return anyOf(LOOPBACK.filter((address) => permits(address, target)));
    if (isLiteral(target.hostname)) return permits(target.hostname, target) ? anyOf([target.hostname]) : BLOCKED;
    if (needsAllowedNetwork(target) && options.allowedNetworks.length === 0) return BLOCKED;
    const lookup = await options.resolver.resolve(target.hostname);
    if (lookup.kind === "failed") return lookup;
    if (lookup.addresses.length === 0) return { kind: "failed", reason: "nameNotFound" };
    return lookup.addresses.every((address) => permits(address, target)) ? lookup : BLOCKED;
  };
  return { vet, permits };
}

function anyOf(addresses: readonly string[]): Vetted {
  return addresses.length === 0 ? BLOCKED : { kind: "addresses", addresses };
}

function isOwn(address: string, port: number, { ownListeners, ownAddresses }: AddressGuardOptions): boolean {
  return ownListeners().some((listener) => {
    if (listener.port !== port) return false;
    if (listener.address === address) return true;
    if (!ANY_ADDRESS.includes(listener.address)) return false;
    return address === "::1" || address.startsWith("127.") || ownAddresses().includes(address);
  });
}
