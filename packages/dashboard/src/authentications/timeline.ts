import type { Schemas } from "@sameface/contract/client";

type Detail = Schemas["AuthenticationDetail"];

/** One of the ten steps of an authentication, and what became of it here. */
export interface Step {
  readonly title: string;
  readonly told: string;
  /** `waits`: not there yet. `left out`: not needed for this outcome. */
  readonly state: "done" | "left out" | "waits" | "failed";
}

/** The ten steps of ARCHITECTURE.md, as this attempt took them. */
export function timelineOf(detail: Detail): readonly Step[] {
  const { outcome, reason, timings, event, deliveries } = detail;
  const erased = event === null || "erased" in event;
  const posted = deliveries.filter((one) => one.attempts > 0);
  const taken = deliveries.filter((one) => one.status === "delivered");
  const inspected = Object.keys(timings ?? {}).some((stage) => stage !== "total");
  return [
    { title: "Request parsed", told: "It fitted its schema.", state: "done" },
    { title: "Customer looked up", told: lookedUp(outcome), state: "done" },
    inspected
      ? { title: "Picture inspected", told: stagesOf(timings ?? {}), state: "done" }
      : { title: "Picture inspected", told: "Not needed, or not possible.", state: "left out" },
    { title: "Outcome decided", told: reason === null ? outcome : `${outcome}: ${reason}`, state: "done" },
    erased
      ? { title: "Notification made", told: "Erased since, with the customer.", state: "left out" }
      : { title: "Notification made", told: `${Object.keys(event.notification).length} fields.`, state: "done" },
    {
      title: "Written in one transaction",
      told: `Decision, event and ${plural(deliveries.length, "delivery", "deliveries")}.`,
      state: "done",
    },
    {
      title: "Caller answered",
      told: timings?.["total"] === undefined ? "" : `After ${ms(timings["total"])}.`,
      state: "done",
    },
    {
      title: "Posted to endpoints",
      told: `${posted.length} of ${deliveries.length} tried.`,
      state: deliveries.length === 0 ? "left out" : posted.length === deliveries.length ? "done" : "waits",
    },
    { title: "Taken by receivers", told: `${taken.length} of ${deliveries.length} taken.`, state: takenState(detail) },
    { title: "Shown here", told: "And each delivery can be sent again.", state: "done" },
  ];
}

function lookedUp(outcome: Detail["outcome"]): string {
  if (outcome === "unknown-customer") return "There is no such customer.";
  return outcome === "blocklisted" ? "The customer is blocked." : "Known, and not blocked.";
}

function takenState({ deliveries }: Detail): Step["state"] {
  if (deliveries.length === 0) return "left out";
  if (deliveries.some((one) => one.status === "dead" || one.status === "failing")) return "failed";
  return deliveries.every((one) => one.status === "delivered" || one.status === "skipped") ? "done" : "waits";
}

/** Stages in the order they took, the longest named first. */
function stagesOf(timings: Readonly<Record<string, number>>): string {
  return Object.entries(timings)
    .filter(([stage]) => stage !== "total")
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 4)
    .map(([stage, took]) => `${stage} ${ms(took)}`)
    .join(", ");
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function plural(value: number, one: string, many: string): string {
  return value === 1 ? `one ${one}` : `${value} ${many}`;
}
