import { type Finding, ill, well } from "./finding.ts";

/** This version was written in 2026: an earlier clock is wrong, and receivers would refuse what it signs. */
const EARLIEST_MS = Date.UTC(2026, 0, 1);

/** Receivers refuse signatures more than 300 s off, so a wrong clock stops every delivery. */
export function checkClock(nowMs: number): Finding {
  const now = new Date(nowMs).toISOString();
  return nowMs >= EARLIEST_MS ? well("clock", now) : ill("clock", now, "Set the clock, for example by NTP.");
}
