import { CaptureBody, CaptureCreated, CaptureSessionView, IdParams } from "../api/index.ts";
import type { Captures } from "../capture/captures.ts";
import type { CaptureSession } from "../store/capture-sessions.ts";
import { mayCall } from "./keyring.ts";
import { type Answer, bind, type Call, defineRoute, problem, type Route, timestamp, timestampOrNull } from "./route.ts";

export const CAPTURE_SESSION_SHAPES = {
  create: defineRoute({
    operationId: "createCaptureSession",
    method: "POST",
    path: "/v1/capture-sessions",
    summary: "A link to the capture page, to be opened once: to authenticate (authenticate) or enrol (customers:write)",
    scopes: ["authenticate", "customers:write"],
    body: { kind: "json", schema: CaptureBody },
    answers: { 201: { description: "The link", schema: CaptureCreated } },
    problems: ["consentRequired", "refusedReturnUrl"],
  }),
  read: defineRoute({
    operationId: "readCaptureSession",
    method: "GET",
    path: "/v1/capture-sessions/{id}",
    summary: "What became of a capture",
    scopes: ["authenticate", "customers:read", "customers:write"],
    params: IdParams,
    answers: { 200: { description: "The session", schema: CaptureSessionView } },
    problems: ["notFound"],
  }),
  close: defineRoute({
    operationId: "closeCaptureSession",
    method: "DELETE",
    path: "/v1/capture-sessions/{id}",
    summary: "End a capture that runs; repeatable",
    scopes: ["authenticate", "customers:write"],
    params: IdParams,
    answers: { 204: { description: "It has ended", schema: null } },
    problems: ["notFound"],
  }),
};

/** The routes by which a back end has somebody come before a camera. */
export function captureSessionRoutes({ captures }: { readonly captures: Captures }): readonly Route[] {
  const shapes = CAPTURE_SESSION_SHAPES;
  return [
    bind(shapes.create, async (call) => await create(captures, call)),
    bind(shapes.read, async ({ caller: { tenantId }, params: { id } }) => {
      const session = await captures.read({ tenantId, sessionId: id });
      return session === null ? noSession() : { status: 200, json: captureSessionView(session) };
    }),
    bind(shapes.close, async ({ caller: { tenantId }, params: { id } }) => {
      const where = { tenantId, sessionId: id };
      if ((await captures.read(where)) === null) return noSession();
      await captures.cancel(where);
      return { status: 204 };
    }),
  ];
}

async function create(
  captures: Captures,
  { caller, body }: Call<typeof CAPTURE_SESSION_SHAPES.create>,
): Promise<Answer> {
  const { customerId, purpose, returnUrl = null, consent, expiresInSeconds } = body;
  const scope = purpose === "enrol" ? "customers:write" : "authenticate";
  if (!mayCall(caller, { scopes: [scope] })) return problem("forbidden", `This purpose needs the scope ${scope}.`);
  const { reference, text = null } = consent ?? {};
  const created = await captures.create({
    tenantId: caller.tenantId,
    actor: caller.actor,
    customerId,
    purpose,
    returnUrl,
    lifeMs: expiresInSeconds === undefined ? null : expiresInSeconds * 1_000,
    consent: reference === undefined ? null : { reference, text },
  });
  switch (created.kind) {
    case "created": {
      const { sessionId, expiresAtMs } = created.session;
      const json: CaptureCreated = { id: sessionId, url: created.url, expiresAt: timestamp(expiresAtMs) };
      return { status: 201, json };
    }
    case "consentRequired":
      return problem("consentRequired", "Send consent.reference: where the customer's consent will stand.");
    case "refusedReturnUrl":
      return problem("refusedReturnUrl", "Add its origin and path to capture.returnUrls of the policy.");
  }
}

function noSession(): Answer {
  return problem("notFound", "No capture session of this tenant has the id.");
}

function captureSessionView(one: CaptureSession): CaptureSessionView {
  const { consentReference, consentText } = one;
  return {
    id: one.sessionId,
    customerId: one.customerId,
    purpose: one.purpose,
    status: one.status,
    reason: one.reason,
    tries: one.tries,
    problem: one.problem,
    authenticationId: one.authenticationId,
    interviewId: one.interviewId,
    consent:
      consentReference === null
        ? null
        : { reference: consentReference, text: consentText, agreedAt: timestampOrNull(one.agreedAtMs) },
    returnUrl: one.returnUrl,
    createdAt: timestamp(one.createdAtMs),
    openedAt: timestampOrNull(one.openedAtMs),
    expiresAt: timestamp(one.expiresAtMs),
    endedAt: timestampOrNull(one.endedAtMs),
  };
}
