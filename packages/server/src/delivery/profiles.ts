import type { ProfileName } from "../store/records.ts";

/** What acknowledges a delivery, and when the next try is due. @see contract.md §6 */
export interface Profile {
  /**
   * Whether status and headers of a reply satisfy the profile; the body is never needed (reliability.md F10).
   * @param contentType the header as it came, `null`: absent
   */
  readonly acknowledges: (status: number, contentType: string | null) => boolean;
  /** Wait before each retry, milliseconds; their number is the number of retries. */
  readonly waitsMs: readonly number[];
  /** Share of a wait by which it is moved up or down at random, 0…1. */
  readonly jitter: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** The two sets of rules that an endpoint can choose between. */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  standard: {
    acknowledges: (status) => status >= 200 && status <= 299,
    // The schedule of Standard Webhooks: ten attempts over about 75 h (reliability.md T8).
    waitsMs: [5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, ...[2, 5, 10, 14, 20, 24].map((hours) => hours * HOUR_MS)],
    jitter: 0.2,
  },
  incode: {
    acknowledges: (status, contentType) => status === 204 || (status === 200 && isJson(contentType)),
    // 30 s × 2.5ⁿ, as the vendor's own sender waits.
    waitsMs: [0, 1, 2, 3, 4].map((n) => 30 * SECOND_MS * 2.5 ** n),
    jitter: 0,
  },
};

function isJson(contentType: string | null): boolean {
  // Parameters such as charset may follow the media type (RFC 9110 §8.3).
  return contentType !== null && /^application\/json[\t ]*(?:;|$)/i.test(contentType.trim());
}
