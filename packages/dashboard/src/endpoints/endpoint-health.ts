import type { Schemas } from "@sameface/contract/client";
import type { Tone } from "../kit/tones.ts";

type EndpointView = Schemas["EndpointView"];

/** How an endpoint does, in one word and one sentence. */
export interface EndpointHealth {
  readonly tone: Tone;
  readonly label: string;
  readonly detail: string;
}

const DISABLED: Readonly<Record<string, EndpointHealth>> = {
  operator: { tone: "mute", label: "Paused", detail: "Somebody paused it. What comes meanwhile is held for it." },
  gone: { tone: "bad", label: "Gone", detail: "It answered 410: it wants nothing more. What waits is held." },
  failing: {
    tone: "bad",
    label: "Disabled",
    detail: "It failed for so long that it was disabled. What waits is held until it is enabled.",
  },
  unverified: {
    tone: "warn",
    label: "Unverified",
    detail: "Held until its owner echoes a challenge, or an admin key enables it.",
  },
  listener: { tone: "info", label: "Stream", detail: "Nothing is posted to it: a listener asks for its deliveries." },
};

/** The worst that is true of it comes first. */
export function healthOf(
  endpoint: Pick<
    EndpointView,
    "enabled" | "verified" | "disabledReason" | "slowedUntil" | "failingSince" | "consecutiveFailures"
  >,
  nowMs: number,
): EndpointHealth {
  const { enabled, verified, disabledReason, slowedUntil, failingSince, consecutiveFailures } = endpoint;
  if (!enabled) {
    const known = DISABLED[verified ? (disabledReason ?? "operator") : "unverified"];
    return known ?? { tone: "bad", label: "Disabled", detail: `Disabled: ${disabledReason ?? "no reason is told"}.` };
  }
  if (failingSince !== null) {
    const times = consecutiveFailures === 1 ? "The last attempt" : `The last ${consecutiveFailures} attempts`;
    return { tone: "warn", label: "Failing", detail: `${times} failed. Retries go on by its profile's schedule.` };
  }
  if (slowedUntil !== null && Date.parse(slowedUntil) > nowMs) {
    return {
      tone: "warn",
      label: "Slowed",
      detail: "It asked for time (429, 502 or 504): nothing is sent until then.",
    };
  }
  return { tone: "good", label: "Healthy", detail: "What was sent last was acknowledged, or nothing was sent yet." };
}
