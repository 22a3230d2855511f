import { ReceiverError } from "../receiver-error.ts";
import { DEFAULT_REMEMBER_MS, MIN_REMEMBER_MS } from "./dedupe-store.ts";

/** The time that handled ids are kept. @throws {ReceiverError} `badOption` under 4 days */
export function checkRememberMs(rememberMs: number = DEFAULT_REMEMBER_MS): number {
  if (rememberMs >= MIN_REMEMBER_MS) return rememberMs;
  throw new ReceiverError(
    "badOption",
    `rememberMs is ${rememberMs}; at least 4 days (${MIN_REMEMBER_MS}): retries run 75 h`,
  );
}
