const MIN_MS = 1_000;
const MAX_MS = 24 * 60 * 60 * 1_000;
// Share of the wait that comes on top at random: whoever was told the same second would come back in the same second.
const JITTER = 0.1;

const DAYS = "(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?";
const MONTHS = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
const TIME = "[0-9]{2}:[0-9]{2}:[0-9]{2}";
// The three forms that RFC 9110 §5.6.7 has every recipient accept; nothing else that Date.parse would guess at.
const HTTP_DATE = new RegExp(`^${DAYS}, [0-9]{2}[ -]${MONTHS}[ -](?:[0-9]{4}|[0-9]{2}) ${TIME} GMT$`);
const ASCTIME_DATE = new RegExp(`^${DAYS} ${MONTHS} [ 0-9][0-9] ${TIME} [0-9]{4}$`);

/**
 * The wait that a `Retry-After` header asks for and up to a tenth more, clamped to 1 s…24 h. Pure.
 * @param header as it came, `null`: absent
 * @param seen.nowMs milliseconds since 1970, what a date is compared with
 * @param seen.jitterFraction 0 ≤ x < 1: how much of the tenth
 * @returns milliseconds, never fewer than asked for but for the clamp; `null` for absent, garbage, negative or past: the schedule decides
 * @see reliability.md T11, F4
 */
export function readRetryAfter(
  header: string | null,
  { nowMs, jitterFraction }: { readonly nowMs: number; readonly jitterFraction: number },
): number | null {
  const wait = header === null ? null : requestedWaitMs(header.trim(), nowMs);
  return wait === null ? null : Math.min(MAX_MS, Math.round(Math.max(MIN_MS, wait) * (1 + JITTER * jitterFraction)));
}

function requestedWaitMs(text: string, nowMs: number): number | null {
  // Twenty digits are still a number of seconds, only a very large one; 1e99, -1 and 1.5 are none.
  if (/^[0-9]+$/.test(text)) return Number(text) * 1_000;
  const atMs = parseHttpDate(text);
  return atMs === null || atMs <= nowMs ? null : atMs - nowMs;
}

function parseHttpDate(text: string): number | null {
  const gmt = ASCTIME_DATE.test(text) ? `${text} GMT` : text;
  if (gmt === text && !HTTP_DATE.test(text)) return null;
  const atMs = Date.parse(gmt);
  return Number.isNaN(atMs) ? null : atMs;
}
