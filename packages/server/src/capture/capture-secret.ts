import { hash } from "node:crypto";
import type { CaptureParts } from "./capture-parts.ts";

const SECRET_BYTES = 32;

/** 256 random bits as text. */
export function newSecret({ random }: Pick<CaptureParts, "random">): string {
  return Buffer.from(random.bytes(SECRET_BYTES)).toString("base64url");
}

/** 256 random bits need no slow hash. */
export function hashOf(secret: string): string {
  return hash("sha256", secret);
}

/** The secret stands in the fragment, which no browser sends and no server logs (S24). */
export function linkOf(
  { baseUrl }: Pick<CaptureParts, "baseUrl">,
  { sessionId, secret }: { readonly sessionId: string; readonly secret: string },
): string {
  return `${baseUrl().replace(/\/$/, "")}/capture?session=${sessionId}#${secret}`;
}
