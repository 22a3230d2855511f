import type { FastifyRequest } from "fastify";

/** What a browser says of itself and of where a request came from. */
export interface ClientFacts {
  /** The peer's, or the one a trusted proxy names. */
  readonly address: string;
  /** Over TLS, as far as this server or a trusted proxy knows, or as its public URL says. */
  readonly secure: boolean;
  /** `127.0.0.1:8080` */
  readonly host: string;
  readonly cookie: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  readonly csrfToken: string | undefined;
  readonly takesGzip: boolean;
}

/** @param publicUrl the setting: a proxy that is not named as trusted tells nothing of TLS */
export function clientFacts(request: FastifyRequest, publicUrl: string | null): ClientFacts {
  const { headers, ip, protocol, host } = request;
  return {
    address: ip,
    secure: protocol === "https" || (publicUrl?.startsWith("https:") ?? false),
    host,
    cookie: headers.cookie,
    origin: headers.origin,
    fetchSite: one(headers["sec-fetch-site"]),
    csrfToken: one(headers["x-sameface-csrf"]),
    takesGzip: /\bgzip\b/.test(one(headers["accept-encoding"]) ?? ""),
  };
}

function one(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" || value === undefined ? value : value.join(", ");
}
