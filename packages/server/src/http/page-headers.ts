/**
 * Headers of the pages, in place of those of other answers where the names are the same (S31). Nothing inline, nothing
 * from elsewhere, no text that becomes markup: what a receiver or a customer wrote can run nowhere (B14, S24).
 */
const CONTENT_SECURITY_POLICY = {
  "default-src": "'none'",
  "script-src": "'self'",
  "style-src": "'self'",
  "font-src": "'self'",
  // `data:` and `blob:`: a picture that is about to be sent.
  "img-src": "'self' data: blob:",
  "media-src": "'self' blob:",
  "connect-src": "'self'",
  "object-src": "'none'",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'none'",
  "require-trusted-types-for": "'script'",
  "report-uri": "/v1/csp-reports",
} as const satisfies Record<string, string>;

function policyOf(policy: Readonly<Record<string, string>>): string {
  return Object.entries(policy)
    .map(([name, value]) => `${name} ${value}`)
    .join("; ");
}

export const PAGE_HEADERS = {
  "content-security-policy": policyOf(CONTENT_SECURITY_POLICY),
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
  "x-frame-options": "DENY",
} as const;

/** Their names hold a hash of their content: what has been fetched once is right for good. */
export const ASSET_HEADERS = { "cache-control": "public, max-age=31536000, immutable" } as const;

/** Those of the capture page, which alone may be framed, by whom its tenant names (S31). */
export function capturePageHeaders(frameAncestors: readonly string[]): Readonly<Record<string, string>> {
  if (frameAncestors.length === 0) return PAGE_HEADERS;
  const policy = { ...CONTENT_SECURITY_POLICY, "frame-ancestors": frameAncestors.join(" ") };
  // The older header knows no list.
  const headers = Object.entries(PAGE_HEADERS).filter(([name]) => name !== "x-frame-options");
  return { ...Object.fromEntries(headers), "content-security-policy": policyOf(policy) };
}

/** A script that other sites' pages load by a name that stays. */
export const COMPONENT_HEADERS = {
  "cache-control": "public, max-age=300",
  "access-control-allow-origin": "*",
  "cross-origin-resource-policy": "cross-origin",
} as const;
