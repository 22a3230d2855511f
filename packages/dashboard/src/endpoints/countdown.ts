const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;

/** What is left till then, to the two units that matter: `6 d 23 h`, `1 h 04 min`, `40 s`; `null`: it is over. */
export function countdown(untilMs: number, nowMs: number): string | null {
  const left = Math.ceil((untilMs - nowMs) / 1_000);
  if (left <= 0) return null;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  if (left >= DAY_S) return `${Math.floor(left / DAY_S)} d ${Math.floor((left % DAY_S) / HOUR_S)} h`;
  if (left >= HOUR_S) return `${Math.floor(left / HOUR_S)} h ${two((left % HOUR_S) / MINUTE_S)} min`;
  return left >= MINUTE_S ? `${Math.floor(left / MINUTE_S)} min ${two(left % MINUTE_S)} s` : `${left} s`;
}
