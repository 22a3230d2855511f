import type { Schemas } from "@sameface/contract/client";
import type { Tone } from "../kit/tones.ts";

const CHANGES: Readonly<Record<string, { readonly tone: Tone; readonly label: string }>> = {
  "endpoint.failing": { tone: "warn", label: "Began to fail" },
  "endpoint.recovered": { tone: "good", label: "Recovered" },
  "endpoint.disabled": { tone: "bad", label: "Was disabled" },
  "delivery.dead": { tone: "bad", label: "A delivery was given up" },
  gap: { tone: "warn", label: "Fell silent" },
};

/** Something that operators were told of an endpoint, once or several times in a row. */
export interface HealthChange {
  readonly id: string;
  readonly tone: Tone;
  readonly label: string;
  /** The last of them. */
  readonly at: string;
  readonly times: number;
}

/** What operators were told of one endpoint, the newest first; replays have a list of their own. */
export function changesOf(items: readonly Schemas["OperatorEventView"][], endpointId: string): readonly HealthChange[] {
  const changes: HealthChange[] = [];
  for (const item of items) {
    const change = "erased" in item || item.data["endpointId"] !== endpointId ? undefined : CHANGES[item.type];
    if (change === undefined || "erased" in item) continue;
    // Twenty deliveries that were given up one after the other are one thing to know.
    const times = changes.at(-1)?.label === change.label ? (changes.pop()?.times ?? 0) : 0;
    changes.push({ ...change, id: item.id, at: item.at, times: times + 1 });
  }
  return changes.toReversed();
}

/** How many came to an end, and how many of those were delivered; tests count too. */
export function sharesOf(items: readonly Pick<Schemas["DeliveryView"], "status">[]): {
  readonly delivered: number;
  readonly ended: number;
} {
  const delivered = items.filter(({ status }) => status === "delivered").length;
  const dead = items.filter(({ status }) => status === "dead").length;
  return { delivered, ended: delivered + dead };
}
