import { badOption, checkLeast } from "../check-option.ts";

const DAY_MS = 24 * 3_600_000;

/** A sender retries for 75 h; a shorter memory would handle its last retry twice (reliability.md T16). @internal */
export const MIN_REMEMBER_MS = 4 * DAY_MS;

const DEFAULT_REMEMBER_MS = 30 * DAY_MS;

/** The time that handled ids are kept. @throws {ReceiverError} `badOption` under 4 days @internal */
export function checkRememberMs(rememberMs: number = DEFAULT_REMEMBER_MS): number {
  return checkLeast(rememberMs, { name: "rememberMs", least: MIN_REMEMBER_MS });
}

/** It stands in SQL as it is. @throws {ReceiverError} `badOption` @internal */
export function checkName(name = "sameface"): string {
  if (/^[a-z][a-z0-9_]{0,39}$/.test(name)) return name;
  throw badOption(`name is "${name}"; 1 to 40 of a-z, 0-9 and _, a letter first`);
}
