import { type Static, Type } from "typebox";
import { closed, Id, nullable, oneOf, page, pagingQuery, Timestamp } from "./common.ts";

const Which = oneOf(
  ["dead", "missing", "all"],
  "dead: given up. missing: no delivery for this endpoint, or a skipped one. all: whatever is not under way.",
);
const PerSecond = Type.Integer({
  minimum: 1,
  maximum: 10_000,
  description: "Deliveries made due a second at most, over all nodes; default 100.",
});

export const ReplayBody = closed({
  endpointId: Id,
  since: Timestamp,
  until: Type.Optional({ ...Timestamp, description: "Default: now." }),
  which: Which,
  perSecond: Type.Optional(PerSecond),
});
export type ReplayBody = Static<typeof ReplayBody>;

/** What a replay would do; nothing is made. */
export const ReplayPreviewBody = closed({
  endpointId: Id,
  since: Timestamp,
  until: Type.Optional({ ...Timestamp, description: "Default: now." }),
  which: Which,
});
export type ReplayPreviewBody = Static<typeof ReplayPreviewBody>;

export const ReplayPreview = closed({
  events: Type.Integer({ minimum: 0, description: "Events of the range." }),
  deliveries: Type.Integer({ minimum: 0, description: "Deliveries that would be made due." }),
  whole: Type.Boolean({ description: "false: counting stopped at 50,000 events; there are more." }),
});
export type ReplayPreview = Static<typeof ReplayPreview>;

export const ReplayView = closed(
  {
    id: Id,
    endpointId: Id,
    which: Which,
    since: Timestamp,
    until: Timestamp,
    perSecond: PerSecond,
    status: oneOf(["running", "finished", "cancelled"], "cancelled: by a caller, or its endpoint was deleted."),
    reason: nullable(Type.String({ description: "Why it waits (its endpoint is disabled) or was cancelled." })),
    progress: closed({
      total: Type.Integer({ minimum: 0, description: "Events of the range when the replay was made." }),
      done: Type.Integer({ minimum: 0, description: "Events looked at." }),
      queued: Type.Integer({ minimum: 0, description: "Deliveries made due." }),
    }),
    createdAt: Timestamp,
    updatedAt: Timestamp,
    finishedAt: nullable(Timestamp),
  },
  { description: "A durable job that makes deliveries again: same webhook-id, same bytes." },
);
export type ReplayView = Static<typeof ReplayView>;

export const ReplaysQuery = closed({ ...pagingQuery, endpointId: Type.Optional(Id) });
export const ReplaysPage = page(ReplayView);
