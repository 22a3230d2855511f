import {
  CaptureBeginBody,
  CaptureBegun,
  CaptureCloseBody,
  CaptureFrameAnswer,
  CaptureFrameBody,
  CaptureMoved,
  CaptureOpenBody,
  CapturePageView,
  CaptureProblemBody,
  IdParams,
} from "../api/index.ts";
import type { FrameAnswer, TryBegun } from "../capture/capture-calls.ts";
import type { Captures, CaptureView } from "../capture/captures.ts";
import type { CaptureSession } from "../store/capture-sessions.ts";
import { captureCookie, captureCookieOf } from "./capture-cookie.ts";
import type { ClientFacts } from "./client-facts.ts";
import { isCrossSite } from "./cross-site.ts";
import { UNLOOKED_PROBLEMS } from "./enrolment-problem.ts";
import { type Answer, bind, defineRoute, problem, type Route } from "./route.ts";

const view = { 200: { description: "What the page shows", schema: CapturePageView } } as const;
const nothing = { 204: { description: "Noted", schema: null } } as const;
const PATH = "/capture/sessions/{id}";

export const CAPTURE_CALL_SHAPES = {
  open: defineRoute({
    operationId: "openCapture",
    method: "POST",
    path: `${PATH}/open`,
    summary: "The page's: exchange the secret of the link for a cookie, once",
    scopes: "public",
    params: IdParams,
    body: { kind: "json", schema: CaptureOpenBody },
    answers: view,
    problems: ["captureRefused", "captureUsed", "captureEnded"],
  }),
  read: defineRoute({
    operationId: "readCapture",
    method: "GET",
    path: PATH,
    summary: "The page's: how its session stands",
    scopes: "public",
    params: IdParams,
    answers: view,
    problems: ["captureRefused"],
  }),
  agree: defineRoute({
    operationId: "agreeToCapture",
    method: "POST",
    path: `${PATH}/agree`,
    summary: "The page's: the person agreed to what was shown",
    scopes: "public",
    params: IdParams,
    answers: nothing,
    problems: ["captureRefused", "captureEnded"],
  }),
  begin: defineRoute({
    operationId: "beginCapture",
    method: "POST",
    path: `${PATH}/begin`,
    summary: "The page's: begin a try",
    scopes: "public",
    params: IdParams,
    body: { kind: "json", schema: CaptureBeginBody },
    answers: { 200: { description: "The nonce of the try", schema: CaptureBegun } },
    problems: ["captureRefused", "captureEnded", "captureFileRefused", "consentRequired", "quotaReached", "overloaded"],
  }),
  frame: defineRoute({
    operationId: "sendCaptureFrame",
    method: "POST",
    path: `${PATH}/frames`,
    summary: "The page's: one frame of a try",
    scopes: "public",
    params: IdParams,
    body: { kind: "upload", schema: CaptureFrameBody },
    answers: { 200: { description: "What to do next", schema: CaptureFrameAnswer } },
    problems: [
      "captureRefused",
      "captureEnded",
      "captureNonceRefused",
      "stillRunning",
      "quotaReached",
      "overloaded",
      "notReady",
    ],
  }),
  note: defineRoute({
    operationId: "noteCaptureProblem",
    method: "POST",
    path: `${PATH}/problem`,
    summary: "The page's: the camera can't be used",
    scopes: "public",
    params: IdParams,
    body: { kind: "json", schema: CaptureProblemBody },
    answers: nothing,
    problems: ["captureRefused"],
  }),
  leave: defineRoute({
    operationId: "leaveCapture",
    method: "POST",
    path: `${PATH}/leave`,
    summary: "The page's: it is being left; unless it comes back soon the session is closed",
    scopes: "public",
    params: IdParams,
    answers: nothing,
    problems: ["captureRefused"],
  }),
  close: defineRoute({
    operationId: "closeCapture",
    method: "POST",
    path: `${PATH}/close`,
    summary: "The page's: the person does not want to",
    scopes: "public",
    params: IdParams,
    body: { kind: "json", schema: CaptureCloseBody },
    answers: nothing,
    problems: ["captureRefused", "captureEnded"],
  }),
  handOver: defineRoute({
    operationId: "handOverCapture",
    method: "POST",
    path: `${PATH}/hand-over`,
    summary: "The page's: go on with another device; this one is out",
    scopes: "public",
    params: IdParams,
    answers: { 200: { description: "A link for the other device", schema: CaptureMoved } },
    problems: ["captureRefused", "captureEnded"],
  }),
};

/** What the browser of a person before the camera calls. */
export function captureCallRoutes({ captures }: { readonly captures: Captures }): readonly Route[] {
  const shapes = CAPTURE_CALL_SHAPES;
  return [
    bind(shapes.open, async (call) => await open(captures, call)),
    bind(shapes.read, async (call) => {
      return await withSession(captures, call, async (session) => {
        captures.back(session);
        return { status: 200, json: pageView(await captures.view(session)) };
      });
    }),
    bind(shapes.agree, async (call) => {
      return await withSession(captures, call, async (session) => noted(await captures.agree(session)));
    }),
    bind(shapes.begin, async (call) => {
      const { source } = call.body;
      return await withSession(captures, call, async (session) => begunAnswer(await captures.begin(session, source)));
    }),
    bind(shapes.frame, async (call) => {
      const { nonce, number, image } = call.body;
      const frame = { nonce, number: Number(number), image, source: call.client.address };
      return await withSession(captures, call, async (session) => {
        captures.back(session);
        return frameAnswer(await captures.frame(session, frame));
      });
    }),
    ...endRoutes(captures),
  ];
}

function endRoutes(captures: Captures): readonly Route[] {
  const shapes = CAPTURE_CALL_SHAPES;
  return [
    bind(shapes.note, async (call) => {
      return await withSession(captures, call, async (session) => {
        await captures.note(session, call.body.problem);
        return noted(true);
      });
    }),
    bind(shapes.leave, async (call) => {
      return await withSession(captures, call, async (session) => {
        captures.leave(session);
        return await Promise.resolve(noted(true));
      });
    }),
    bind(shapes.close, async (call) => {
      const { reason } = call.body;
      return await withSession(captures, call, async (session) => noted(await captures.giveUp(session, reason)));
    }),
    bind(shapes.handOver, async (call) => {
      return await withSession(captures, call, async (session) => {
        const url = await captures.handOver(session);
        return url === null ? ended() : { status: 200, json: { url } };
      });
    }),
  ];
}

/** Answers only whoever holds the cookie of the session; by that alone the tenant is known. */
async function withSession(
  captures: Captures,
  call: { readonly params: { readonly id: string }; readonly client: ClientFacts },
  answer: (session: CaptureSession) => Promise<Answer>,
): Promise<Answer> {
  // The cookie is sent to a frame of another site's page as well: only the page's own scripts may use it.
  if (isCrossSite(call.client)) return refused();
  const session = await captures.sessionOf({ sessionId: call.params.id, cookie: captureCookieOf(call.client) });
  return session === null ? refused() : await answer(session);
}

function noted(done: boolean): Answer {
  return done ? { status: 204 } : ended();
}

async function open(
  captures: Captures,
  call: {
    readonly params: { readonly id: string };
    readonly body: { readonly secret: string };
    readonly client: ClientFacts;
  },
): Promise<Answer> {
  const sessionId = call.params.id;
  const opened = await captures.open({ sessionId, secret: call.body.secret });
  switch (opened.kind) {
    case "opened": {
      const seconds = Math.ceil(opened.view.expiresInMs / 1_000);
      const cookie = captureCookie(opened.cookie, { sessionId, secure: call.client.secure, seconds });
      return { status: 200, json: pageView(opened.view), headers: { "set-cookie": cookie } };
    }
    case "used":
      return problem("captureUsed", "Ask for a new link: each is opened once.");
    case "ended":
      return ended();
    case "unknown":
      return refused();
  }
}

function pageView({ session, policy, triesLeft, expiresInMs }: CaptureView): CapturePageView {
  const { purpose, consentReference, consentText, agreedAtMs, returnUrl } = session;
  return {
    purpose,
    state: session.status === "open" && expiresInMs > 0 ? "open" : "ended",
    consent: consentReference === null ? null : { text: consentText, agreed: agreedAtMs !== null },
    liveness: policy.liveness,
    fileUpload: policy.fileUpload && policy.liveness === "passive",
    returnUrl,
    frameAncestors: [...policy.frameAncestors],
    triesLeft,
    expiresInSeconds: Math.ceil(expiresInMs / 1_000),
  };
}

function begunAnswer(begun: TryBegun): Answer {
  switch (begun.kind) {
    case "begun": {
      const { nonce, moves, lastsMs } = begun;
      const json: CaptureBegun = { nonce, moves, lastsSeconds: Math.ceil(lastsMs / 1_000) };
      return { status: 200, json };
    }
    case "ended":
      return ended();
    case "consentRequired":
      return problem("consentRequired", "The person has to agree first.");
    case "fileRefused":
      return problem("captureFileRefused", "The policy asks for a camera.");
    case "overloaded":
      return problem("overloaded", "As many captures run as this server holds.", { retryAfterSeconds: 10 });
  }
}

const NOTHING: Omit<CaptureFrameAnswer, "state"> = { ask: null, movesDone: 0, problem: null, triesLeft: null };

function frameAnswer(answer: FrameAnswer): Answer {
  switch (answer.kind) {
    case "goOn":
      return frameJson({ ...NOTHING, state: "goOn", ask: answer.ask, movesDone: answer.done, problem: answer.problem });
    case "again":
      return frameJson({ ...NOTHING, state: "again", problem: answer.problem, triesLeft: answer.triesLeft });
    // One answer, whatever was decided (S12).
    case "done":
      return frameJson({ ...NOTHING, state: "done" });
    case "failed":
      return frameJson({ ...NOTHING, state: "failed" });
    case "ended":
      return ended();
    case "nonceRefused":
      return problem("captureNonceRefused", "Begin a try: its frames are counted.", { reason: answer.reason });
    case "busy":
      return problem("stillRunning", "Send the next frame when this one is answered.", { retryAfterSeconds: 1 });
    case "refused":
      return UNLOOKED_PROBLEMS[answer.problem]();
  }
}

function frameJson(json: CaptureFrameAnswer): Answer {
  return { status: 200, json };
}

function ended(): Answer {
  return problem("captureEnded", "Ask for a new link.");
}

function refused(): Answer {
  return problem("captureRefused", "The link was not opened here, or is no link of this server.");
}
