import type { Schemas } from "@sameface/contract/client";

/** What a state means for whoever looks. */
export type Tone = "good" | "warn" | "bad" | "info" | "mute";

type Outcome = Schemas["AuthenticationView"]["outcome"];
type DeliveryStatus = Schemas["DeliveryView"]["status"];

/** Outcomes as people read them. */
export const OUTCOMES: Readonly<Record<Outcome, { readonly label: string; readonly tone: Tone }>> = {
  passed: { label: "Passed", tone: "good" },
  declined: { label: "Declined", tone: "warn" },
  spoof: { label: "Spoof", tone: "bad" },
  "not-recognized": { label: "Not recognized", tone: "info" },
  blocklisted: { label: "Blocklisted", tone: "bad" },
  "unknown-customer": { label: "Unknown customer", tone: "mute" },
  error: { label: "Error", tone: "warn" },
};

/** Delivery states as people read them. */
export const DELIVERY_STATES: Readonly<Record<DeliveryStatus, { readonly label: string; readonly tone: Tone }>> = {
  pending: { label: "Pending", tone: "mute" },
  inFlight: { label: "In flight", tone: "info" },
  delivered: { label: "Delivered", tone: "good" },
  failing: { label: "Failing", tone: "warn" },
  dead: { label: "Dead", tone: "bad" },
  held: { label: "Held", tone: "warn" },
  skipped: { label: "Skipped", tone: "mute" },
};
