import { notificationBreach } from "./check-notification.ts";
import { ContractError } from "./contract-error.ts";
import type { Notification } from "./notification.gen.ts";

/** Largest body we send, in bytes (contract.md §4). */
export const MAX_NOTIFICATION_BYTES = 20_000;

/**
 * The bytes of a notification: the same for the same notification, to be stored once and sent unchanged.
 * @throws {ContractError} `too_large` over 20,000 bytes; `bad_notification` if it breaks the closed rules: a key too many,
 * missing or out of order, a score that is not a number of 0…1
 */
export function encodeNotification(notification: Notification): Uint8Array {
  const bytes = new TextEncoder().encode(JSON.stringify(notification));
  if (bytes.length > MAX_NOTIFICATION_BYTES) {
    throw new ContractError("too_large", `a notification has at most ${MAX_NOTIFICATION_BYTES} bytes`);
  }
  const breach = notificationBreach(notification);
  if (breach !== null) throw new ContractError("bad_notification", breach);
  return bytes;
}
