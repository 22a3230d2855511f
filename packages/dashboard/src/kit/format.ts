const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;

/** `3 min ago`, `in 2 h`: how long ago, for people; to the unit that matters. */
export function relativeTime(atMs: number, nowMs: number): string {
  const seconds = Math.round((nowMs - atMs) / 1_000);
  const span = durationOf(Math.abs(seconds));
  if (Math.abs(seconds) < 5) return "now";
  return seconds < 0 ? `in ${span}` : `${span} ago`;
}

/** Seconds as `40 s`, `12 min`, `3 h`, `5 d`. */
export function durationOf(seconds: number): string {
  if (seconds < MINUTE_S) return `${Math.round(seconds)} s`;
  if (seconds < HOUR_S) return `${Math.round(seconds / MINUTE_S)} min`;
  return seconds < 2 * DAY_S ? `${Math.round(seconds / HOUR_S)} h` : `${Math.round(seconds / DAY_S)} d`;
}

/** `2027-01-31 12:00:05`, in the reader's zone: the same for every reader's language, and sortable. */
export function clockTime(atMs: number): string {
  const at = new Date(atMs);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** `1,234,567` */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** `98.2 %`; nothing to be a share of: `–`. */
export function share(part: number, whole: number): string {
  return whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} %`;
}

/** Milliseconds as `240 ms` or `1.2 s`. */
export function milliseconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
