import {
  IdParams,
  StreamBody,
  StreamNext,
  StreamNextBody,
  StreamOpened,
  StreamRequest,
  StreamSignBody,
} from "../api/index.ts";
import type { SendResult } from "../delivery/send-result.ts";
import {
  acknowledgesOnStream,
  type ListenerResult,
  type NextForListener,
  type SignedRequest,
  type Streams,
} from "../delivery/streams.ts";
import { type Answer, bind, defineRoute, problem, type Route } from "./route.ts";

export const STREAM_SHAPES = {
  open: defineRoute({
    operationId: "openStream",
    method: "POST",
    path: "/v1/streams",
    summary: "Make a stream, or take it over: an endpoint that nothing is posted to, its listener asks instead",
    scopes: ["endpoints:write"],
    body: { kind: "json", schema: StreamBody },
    answers: {
      200: { description: "It was there; what was missed waits", schema: StreamOpened },
      201: { description: "Made; the secret is shown this once", schema: StreamOpened },
    },
    problems: ["quotaReached"],
  }),
  next: defineRoute({
    operationId: "nextOfStream",
    method: "POST",
    path: "/v1/streams/{id}/next",
    summary: "Say what became of the last delivery and get the next, signed; waits up to 20 s for one",
    scopes: ["deliveries:write"],
    params: IdParams,
    body: { kind: "json", schema: StreamNextBody },
    answers: { 200: { description: "The next one; null: none came", schema: StreamNext } },
    problems: ["notFound", "streamTaken"],
  }),
  sign: defineRoute({
    operationId: "signForStream",
    method: "POST",
    path: "/v1/streams/{id}/sign",
    summary: "A past event, signed for this stream, to be sent once more; marked as a test unless asked otherwise",
    scopes: ["deliveries:write"],
    params: IdParams,
    body: { kind: "json", schema: StreamSignBody },
    answers: { 200: { description: "The request to post", schema: StreamRequest } },
    problems: ["notFound", "nothingToSend"],
  }),
};

/** The routes of streams. */
export function streamRoutes({ streams }: { readonly streams: Streams }): readonly Route[] {
  return [
    bind(STREAM_SHAPES.open, async ({ caller: { tenantId, actor }, body }) => {
      const opened = await streams.open({ tenantId, actor, ...body });
      const { endpoint, session, waiting, secret } = opened;
      const { endpointId: id, outcomes, secrets } = endpoint;
      const publicKey = secrets.find((one) => one.publicKey !== null)?.publicKey ?? null;
      const json: StreamOpened = {
        id,
        name: body.name,
        session,
        outcomes: outcomes === null ? null : [...outcomes],
        publicKey,
        waiting,
        secret,
      };
      return { status: secret === null ? 200 : 201, json };
    }),
    bind(STREAM_SHAPES.next, async ({ caller: { tenantId }, params, body }) => {
      const done = body.done === undefined ? null : resultOf(body.done);
      const { session, leaving = false } = body;
      const next = await streams.next({ tenantId, endpointId: params.id, session, done, leaving });
      return nextAnswer(next);
    }),
    bind(STREAM_SHAPES.sign, async ({ caller: { tenantId }, params, body }) => {
      const { eventId, marked = true } = body;
      const signed = await streams.sign({ tenantId, endpointId: params.id, eventId, marked });
      if (signed === "erased") return problem("nothingToSend", "The event's body was erased.");
      if (signed === "unknownStream") return problem("notFound", "No stream of this tenant has the id.");
      if (signed === "unknownEvent") return problem("notFound", "No event of this tenant has the id.");
      return { status: 200, json: requestView(signed) };
    }),
  ];
}

function nextAnswer(next: NextForListener): Answer {
  switch (next.kind) {
    case "next": {
      const { deliveryId, fencingToken, request } = next;
      return shown({ delivery: { deliveryId, lease: fencingToken, request: requestView(request) } });
    }
    case "empty":
      return shown({ delivery: null });
    case "taken":
      return problem("streamTaken", "Another listener opened this stream since; open it again to take it back.");
    case "unknown":
      return problem("notFound", "No stream of this tenant has the id; one that nobody asked for 7 days is deleted.");
  }
}

function shown(json: StreamNext): Answer {
  return { status: 200, json };
}

function requestView({ eventId, outcome, headers, body }: SignedRequest): StreamRequest {
  return { eventId, outcome, headers: { ...headers }, body: Buffer.from(body).toString("base64") };
}

function resultOf({ deliveryId, lease, durationMs, answer }: NonNullable<StreamNextBody["done"]>): ListenerResult {
  const result: SendResult =
    "failure" in answer
      ? { kind: "failed", reason: answer.failure }
      : {
          kind: "replied",
          status: answer.status,
          acknowledged: acknowledgesOnStream(answer.status),
          contentType: answer.contentType,
          retryAfter: null,
          replyBody: Buffer.from(answer.body, "base64"),
        };
  return { deliveryId, fencingToken: lease, durationMs, result };
}
