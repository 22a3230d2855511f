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

export const PAGE_HEADERS = {
  "content-security-policy": Object.entries(CONTENT_SECURITY_POLICY)
    .map(([name, value]) => `${name} ${value}`)
    .join("; "),
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
  "x-frame-options": "DENY",
} as const;

/** Their names hold a hash of their content: what has been fetched once is right for good. */
export const ASSET_HEADERS = { "cache-control": "public, max-age=31536000, immutable" } as const;
