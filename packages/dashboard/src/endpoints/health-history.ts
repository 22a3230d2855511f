import type { Schemas } from "@sameface/contract/client";
import type { Tone } from "../kit/tones.ts";

const CHANGES: Readonly<Record<string, { readonly tone: Tone; readonly label: string }>> = {
  "endpoint.failing": { tone: "warn", label: "Began to fail" },
  "endpoint.recovered": { tone: "good", label: "Recovered" },
  "endpoint.disabled": { tone: "bad", label: "Was disabled" },
  "delivery.dead": { tone: "bad", label: "A delivery was given up" },
  gap: { tone: "warn", label: "Fell silent" },
};

/** What operators were told of one endpoint, the newest first; replays have a list of their own. */
export function changesOf(
  items: readonly Schemas["OperatorEventView"][],
  endpointId: string,
): readonly { readonly id: string; readonly tone: Tone; readonly label: string; readonly at: string }[] {
  return items
    .flatMap((item) => {
      if ("erased" in item || item.data["endpointId"] !== endpointId) return [];
      const change = CHANGES[item.type];
      return change === undefined ? [] : [{ id: item.id, at: item.at, ...change }];
    })
    .toReversed();
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
