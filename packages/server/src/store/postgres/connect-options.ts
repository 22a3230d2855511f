import { StoreError } from "../store-error.ts";

/** How the driver is told to connect. */
export interface ConnectOptions {
  readonly connectionString: string;
  /** Absent: not encrypted. The driver's own default verifies chain and name. */
  readonly ssl?: object;
}

/** Words of libpq; those that encrypt all verify here, since an unverified server may be anybody (S25). */
const ENCRYPTED = new Set(["require", "verify-ca", "verify-full"]);
/** Parameters by which the driver could be told to verify nothing. */
const OURS = ["sslmode", "ssl", "uselibpqcompat", "sslnegotiation"];

/**
 * Reads a `postgres://` address: TLS by its `sslmode`, everything else as the driver understands it.
 * @throws {StoreError} `unavailable` for an `sslmode` that would go unverified, or a list of hosts
 */
export function connectOptions(url: string): ConnectOptions {
  const [address = "", ...rest] = url.split("?");
  const parameters = new URLSearchParams(rest.join("?"));
  // libpq would ask each which one writes; the driver knows no list, and would tell of a wrong address.
  if (/^[a-z]+:\/\/(?:[^/?]*@)?[^/?]*,/.test(address) || parameters.get("host")?.includes(",") === true) {
    throw new StoreError(
      "unavailable",
      "SAMEFACE_DATABASE_URL names several hosts: give it one name that leads to the server that writes",
    );
  }
  const mode = parameters.get("sslmode") ?? "disable";
  for (const name of OURS) parameters.delete(name);
  const connectionString =
    parameters.size === 0 ? address : `${address}?${parameters.toString().replaceAll("+", "%20")}`;
  if (mode === "disable") return { connectionString };
  if (ENCRYPTED.has(mode)) return { connectionString, ssl: {} };
  throw new StoreError(
    "unavailable",
    "SAMEFACE_DATABASE_URL: sslmode must be disable, require, verify-ca or verify-full; the last three all verify",
  );
}

/** The other host to which an address connects without encryption; `null`: this host itself, or encrypted. */
export function plainHost(url: string): string | null {
  if (connectOptions(url).ssl !== undefined) return null;
  const [, named = ""] = /^[a-z]+:\/\/(?:[^/?]*@)?(\[[^\]]*\]|[^:/?]*)/.exec(url) ?? [];
  const host = new URLSearchParams(url.split("?").slice(1).join("?")).get("host") ?? decodeURIComponent(named);
  const isHere = host === "" || host.startsWith("/") || /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(host);
  return isHere ? null : host;
}

/** Host, port and database of an address, for a message: never its user or password. */
export function nameOfDatabase(url: string): string {
  const [, address = ""] = /^[a-z]+:\/\/(?:[^/?]*@)?([^?]*)/.exec(url) ?? [];
  const host = new URLSearchParams(url.split("?").slice(1).join("?")).get("host");
  return host === null ? address : `${host} ${address}`;
}
