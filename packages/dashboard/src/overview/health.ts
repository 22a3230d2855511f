import type { Schemas } from "@sameface/contract/client";
import type { Tone } from "../kit/tones.ts";

/** How an endpoint stands, in a word and its reason. */
export function healthOf(
  endpoint: Pick<Schemas["EndpointView"], "enabled" | "disabledReason" | "failingSince" | "slowedUntil">,
): { readonly label: string; readonly tone: Tone } {
  if (endpoint.disabledReason === "listener") return { label: "Stream", tone: "info" };
  if (!endpoint.enabled) return { label: endpoint.disabledReason === "operator" ? "Paused" : "Disabled", tone: "warn" };
  if (endpoint.failingSince !== null) return { label: "Failing", tone: "bad" };
  return endpoint.slowedUntil === null ? { label: "Healthy", tone: "good" } : { label: "Slowed", tone: "warn" };
}
