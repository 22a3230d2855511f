import { promises as dns } from "node:dns";
import type { Clock } from "../clock.ts";

/** What a look-up of a name brought. */
export type Lookup =
  | { readonly kind: "addresses"; readonly addresses: readonly string[] }
  | { readonly kind: "failed"; readonly reason: "nameNotFound" | "nameServerFailed" | "nameTimeout" };

/** Turns a host name into addresses; never throws. */
export interface Resolver {
  resolve(hostname: string): Promise<Lookup>;
}

/** What {@link createResolver} is made of. */
export interface ResolverOptions {
  readonly clock: Clock;
  /** For the whole look-up of both families. */
  readonly timeoutMs: number;
  /** `address:port` of name servers; absent: those of the host. */
  readonly servers?: readonly string[];
}

// Answers that say "this name has no such address"; everything else is a fault of the server or the way to it.
const NO_SUCH_ADDRESS: readonly string[] = ["ENODATA", "ENOTFOUND", "EBADNAME"];

/**
 * A resolver of its own: it asks name servers directly, reads no hosts file, and waits outside the shared thread
 * pool, so that a silent name server holds up nothing else (reliability.md F17).
 */
export function createResolver(options: ResolverOptions): Resolver {
  return { resolve: async (hostname) => await lookUp(hostname, options) };
}

async function lookUp(hostname: string, { clock, timeoutMs, servers }: ResolverOptions): Promise<Lookup> {
  // One per look-up, since cancel() ends every query of a resolver, and the host's servers may change while we run.
  const resolver = new dns.Resolver({ timeout: timeoutMs, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  const deadline = new AbortController();
  const cancelDeadline = clock.after(timeoutMs, () => {
    deadline.abort();
    resolver.cancel();
  });
  const families = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
  cancelDeadline();
  // One family that failed does not hide the other: only addresses that were judged are ever connected to.
  const addresses = families.flatMap((family) => (family.status === "fulfilled" ? family.value : []));
  if (addresses.length > 0) return { kind: "addresses", addresses };
  if (deadline.signal.aborted) return { kind: "failed", reason: "nameTimeout" };
  const codes = families.map((family) => (family.status === "rejected" ? codeOf(family.reason) : "ENODATA"));
  if (codes.every((code) => NO_SUCH_ADDRESS.includes(code))) return { kind: "failed", reason: "nameNotFound" };
  return { kind: "failed", reason: codes.includes("ETIMEOUT") ? "nameTimeout" : "nameServerFailed" };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
