import { newId } from "@sameface/contract";
import {
  IdParams,
  ReplayBody,
  ReplayPreview,
  ReplayPreviewBody,
  ReplaysPage,
  ReplaysQuery,
  ReplayView,
} from "../api/index.ts";
import type { Random } from "../random.ts";
import type { Replay } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { pagingOf } from "./paging.ts";
import {
  type Answer,
  bind,
  defineRoute,
  type ProblemAnswer,
  problem,
  type Route,
  timestamp,
  timestampOrNull,
} from "./route.ts";

const DEFAULT_PER_SECOND = 100;

export const REPLAY_SHAPES = {
  create: defineRoute({
    operationId: "createReplay",
    method: "POST",
    path: "/v1/replays",
    summary: "Make deliveries again: same id, same bytes. A durable job that can be watched and cancelled. Audited.",
    scopes: ["deliveries:write"],
    body: { kind: "json", schema: ReplayBody },
    answers: { 201: { description: "The replay, running", schema: ReplayView } },
    problems: ["endpointUnavailable"],
  }),
  preview: defineRoute({
    operationId: "previewReplay",
    method: "POST",
    path: "/v1/replays/preview",
    summary: "How many deliveries a replay would make due; makes nothing",
    scopes: ["deliveries:write"],
    body: { kind: "json", schema: ReplayPreviewBody },
    answers: { 200: { description: "What it would come to now", schema: ReplayPreview } },
    problems: ["endpointUnavailable"],
  }),
  list: defineRoute({
    operationId: "listReplays",
    method: "GET",
    path: "/v1/replays",
    summary: "Replays, newest first",
    scopes: ["events:read", "deliveries:write"],
    query: ReplaysQuery,
    answers: { 200: { description: "A page", schema: ReplaysPage } },
    problems: ["invalidCursor"],
  }),
  read: defineRoute({
    operationId: "readReplay",
    method: "GET",
    path: "/v1/replays/{id}",
    summary: "One replay with its progress",
    scopes: ["events:read", "deliveries:write"],
    params: IdParams,
    answers: { 200: { description: "The replay", schema: ReplayView } },
    problems: ["notFound"],
  }),
  cancel: defineRoute({
    operationId: "cancelReplay",
    method: "DELETE",
    path: "/v1/replays/{id}",
    summary: "Make no more due; what was made due stays so. One that has ended is answered as it is. Audited.",
    scopes: ["deliveries:write"],
    params: IdParams,
    answers: { 200: { description: "The replay, ended", schema: ReplayView } },
    problems: ["notFound"],
  }),
};

/** The routes of replays. */
export function replayRoutes(parts: {
  readonly store: Pick<Store, "createReplay" | "countReplay" | "readReplay" | "listReplays" | "cancelReplay">;
  readonly random: Random;
}): readonly Route[] {
  const { store, random } = parts;
  return [
    bind(REPLAY_SHAPES.create, async ({ caller: { tenantId, actor }, body }) => {
      const { endpointId, which, perSecond = DEFAULT_PER_SECOND } = body;
      const range = rangeOf(body);
      if ("problem" in range) return range;
      const replayId = newId(random);
      const audit = {
        actor,
        action: "replay.created",
        target: `replay:${replayId}`,
        details: { endpointId, which, since: body.since, until: body.until ?? null, perSecond },
      };
      const order = { tenantId, replayId, endpointId, which, ...range, perSecond };
      const made = await store.createReplay({ ...order, audit });
      if ("kind" in made) return problem("endpointUnavailable", "There is none of that id, or it is disabled.");
      return { status: 201, json: replayView(made) };
    }),
    previewRoute(store),
    bind(REPLAY_SHAPES.list, async ({ caller: { tenantId }, query: { endpointId = null, ...paging } }) => {
      const { items, next } = await store.listReplays({ tenantId, endpointId, ...pagingOf(paging) });
      return { status: 200, json: { items: items.map(replayView), next } };
    }),
    bind(REPLAY_SHAPES.read, async ({ caller: { tenantId }, params }) =>
      shown(await store.readReplay({ tenantId, replayId: params.id })),
    ),
    bind(REPLAY_SHAPES.cancel, async ({ caller: { tenantId, actor }, params }) => {
      const audit = { actor, action: "replay.cancelled", target: `replay:${params.id}`, details: {} };
      return shown(await store.cancelReplay({ tenantId, replayId: params.id, audit }));
    }),
  ];
}

function shown(replay: Replay | null): Answer {
  if (replay === null) return problem("notFound", "No replay of this tenant has the id.");
  return { status: 200, json: replayView(replay) };
}

function previewRoute(store: Pick<Store, "countReplay">): Route {
  return bind(REPLAY_SHAPES.preview, async ({ caller: { tenantId }, body }) => {
    const range = rangeOf(body);
    if ("problem" in range) return range;
    const { endpointId, which } = body;
    const counted = await store.countReplay({ tenantId, endpointId, which, ...range });
    if (counted === null) return problem("endpointUnavailable", "There is none of that id.");
    return { status: 200, json: counted };
  });
}

function rangeOf(body: {
  readonly since: string;
  readonly until?: string;
}): ProblemAnswer | { readonly sinceMs: number; readonly untilMs: number | null } {
  const sinceMs = Date.parse(body.since);
  const untilMs = body.until === undefined ? null : Date.parse(body.until);
  if (Number.isNaN(sinceMs) || Number.isNaN(untilMs ?? 0)) return problem("validation", "No such time.");
  if (untilMs !== null && untilMs < sinceMs) return problem("validation", "until is before since.");
  return { sinceMs, untilMs };
}

function replayView(one: Replay): ReplayView {
  return {
    id: one.replayId,
    endpointId: one.endpointId,
    which: one.which,
    since: timestamp(one.sinceMs),
    until: timestamp(one.untilMs),
    perSecond: one.perSecond,
    status: one.status,
    reason: one.reason,
    progress: { total: one.total, done: one.looked, queued: one.queued },
    createdAt: timestamp(one.createdAtMs),
    updatedAt: timestamp(one.updatedAtMs),
    finishedAt: timestampOrNull(one.finishedAtMs),
  };
}
