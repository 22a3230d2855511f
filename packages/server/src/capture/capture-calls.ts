import { hash } from "node:crypto";
import { isRefused, type RefusedProblem } from "../faces/problem-failures.ts";
import type { CaptureSession } from "../store/capture-sessions.ts";
import type { CaptureLimits, CaptureParts } from "./capture-parts.ts";
import type { CaptureProblem } from "./capture-problem.ts";
import { hashOf, linkOf, newSecret } from "./capture-secret.ts";
import { beginTry, type CaptureSource, type CaptureTry, type TryStep, takeFrame } from "./capture-try.ts";
import { type ChallengeRefusal, drawMoves, type Move } from "./challenge.ts";
import { type CaptureFinish, finishWith } from "./finish-capture.ts";
import type { LiveCapture, LiveCaptures } from "./live-captures.ts";
import { withFloor } from "./with-floor.ts";

/** What is wrong with a try, for the page. */
export type TryProblem = CaptureProblem | ChallengeRefusal | "abandoned";

/** What the beginning of a try is answered with. */
export type TryBegun =
  | { readonly kind: "begun"; readonly nonce: string; readonly moves: number; readonly lastsMs: number }
  | { readonly kind: "ended" | "consentRequired" | "fileRefused" | "overloaded" };

/** One frame of a page. */
export interface CapturedFrame {
  readonly nonce: string;
  readonly number: number;
  readonly image: Uint8Array;
  /** The address of whoever sent it. */
  readonly source: string;
}

/** What a frame is answered with. */
export type FrameAnswer =
  | {
      readonly kind: "goOn";
      readonly ask: Move | "centre";
      readonly done: number;
      readonly problem: CaptureProblem | null;
    }
  /** Nothing came of this try; another may be begun. */
  | { readonly kind: "again"; readonly problem: TryProblem; readonly triesLeft: number }
  | { readonly kind: CaptureFinish }
  | { readonly kind: "nonceRefused"; readonly reason: "usedNonce" | "unknownNonce" | "frameOrder" }
  | { readonly kind: "busy" }
  | { readonly kind: "refused"; readonly problem: RefusedProblem };

/** What a page may do with the session whose cookie it holds. */
export interface CaptureCalls {
  agree(session: CaptureSession): Promise<boolean>;
  /** Begins a try under a new nonce; one that ran is over. */
  begin(session: CaptureSession, source: CaptureSource): Promise<TryBegun>;
  frame(session: CaptureSession, frame: CapturedFrame): Promise<FrameAnswer>;
  /** What keeps the page from trying, told to whoever asks for the session. */
  note(session: CaptureSession, problem: string): Promise<void>;
  /** The page went away; it may come back for a while. */
  leave(session: CaptureSession): void;
  back(session: CaptureSession): void;
  /** The person does not want to. */
  giveUp(session: CaptureSession, reason: string): Promise<boolean>;
  /** Another device goes on: a new link, and this page is out. `null`: the session has ended. */
  handOver(session: CaptureSession): Promise<string | null>;
}

interface Context {
  readonly limits: CaptureLimits;
  readonly live: LiveCaptures;
}

/** @see CaptureCalls */
export function createCaptureCalls(parts: CaptureParts, context: Context): CaptureCalls {
  const { store, clock } = parts;
  const { live } = context;
  return {
    agree: async ({ tenantId, sessionId }) => await store.agreeToCapture({ tenantId, sessionId }),
    begin: async (session, source) => await begin(parts, { ...context, session, source }),
    frame: async (session, frame) => await takeOne(parts, { ...context, session, frame }),
    note: async ({ tenantId, sessionId }, problem) => {
      await store.countCaptureTry({ tenantId, sessionId, problem, counted: false });
    },
    leave: (session) => {
      const capture = live.enter(session.sessionId, session);
      if (capture !== null) capture.leftAtMs = clock.nowMs();
    },
    back: ({ sessionId }) => {
      const capture = live.find(sessionId);
      if (capture !== undefined) capture.leftAtMs = null;
    },
    giveUp: async ({ tenantId, sessionId }, reason) => {
      live.drop(sessionId);
      return await store.endCaptureSession({ tenantId, sessionId, status: "closed", reason });
    },
    handOver: async ({ tenantId, sessionId }) => {
      const secret = newSecret(parts);
      live.drop(sessionId);
      const moved = await store.handOverCaptureSession({ tenantId, sessionId, secretHash: hashOf(secret) });
      return moved ? linkOf(parts, { sessionId, secret }) : null;
    },
  };
}

/** Whether anything may still come of it; the store judges again when it does. */
function isOpen({ clock }: CaptureParts, { status, expiresAtMs }: CaptureSession): boolean {
  return status === "open" && expiresAtMs > clock.nowMs();
}

async function begin(
  parts: CaptureParts,
  { limits, live, session, source }: Context & { readonly session: CaptureSession; readonly source: CaptureSource },
): Promise<TryBegun> {
  if (!isOpen(parts, session)) return { kind: "ended" };
  if (session.purpose === "enrol" && session.agreedAtMs === null) return { kind: "consentRequired" };
  const { capture: policy } = await parts.readPolicy(session.tenantId);
  if (source === "file" && (!policy.fileUpload || policy.liveness !== "passive")) return { kind: "fileRefused" };
  const capture = live.enter(session.sessionId, session);
  if (capture === null) return { kind: "overloaded" };
  // Otherwise beginning anew, before a try can fail, would be a way to as many as anybody likes.
  if (capture.present !== null && capture.present.frames > 0 && capture.present.source === "camera") {
    if ((await count(parts, { capture, session, limits }, "abandoned")) === null) return { kind: "ended" };
  }
  const nowMs = parts.clock.nowMs();
  const moves = policy.liveness === "passive" ? [] : drawMoves(parts.random);
  const present = beginTry({ nonce: newSecret(parts), nowMs, source, moves });
  capture.present = present;
  return { kind: "begun", nonce: present.nonce, moves: moves.length, lastsMs: present.endsAtMs - nowMs };
}

/** Ends the try that runs. `null`: no further one; the session is at its end. @returns tries left */
async function count(
  parts: CaptureParts,
  where: { readonly capture: LiveCapture; readonly session: CaptureSession; readonly limits: CaptureLimits },
  problem: TryProblem,
): Promise<number | null> {
  const { capture, session, limits } = where;
  endTry(capture);
  const { tenantId, sessionId } = session;
  const tries = await parts.store.countCaptureTry({ tenantId, sessionId, problem, counted: true });
  if (tries === null) return null;
  if (tries < limits.tries || problem !== "abandoned") return limits.tries - tries;
  await parts.store.endCaptureSession({ tenantId, sessionId, status: "failed", reason: problem });
  return null;
}

function endTry(capture: LiveCapture): void {
  if (capture.present !== null) capture.spent.add(capture.present.nonce);
  capture.present = null;
}

interface Taking extends Context {
  readonly session: CaptureSession;
  readonly frame: CapturedFrame;
}

async function takeOne(parts: CaptureParts, taking: Taking): Promise<FrameAnswer> {
  const { live, session, frame } = taking;
  if (!isOpen(parts, session)) return { kind: "ended" };
  const capture = live.find(session.sessionId);
  const present = capture?.present ?? null;
  if (capture === undefined || present?.nonce !== frame.nonce) {
    return { kind: "nonceRefused", reason: capture?.spent.has(frame.nonce) === true ? "usedNonce" : "unknownNonce" };
  }
  if (frame.number <= present.frames) return { kind: "nonceRefused", reason: "frameOrder" };
  if (capture.busy) return { kind: "busy" };
  capture.busy = true;
  try {
    return await lookAt(parts, { ...taking, capture, present });
  } finally {
    capture.busy = false;
  }
}

async function lookAt(
  parts: CaptureParts,
  taking: Taking & { readonly capture: LiveCapture; readonly present: CaptureTry },
): Promise<FrameAnswer> {
  const { session, frame, capture, present } = taking;
  const { image, number } = frame;
  // When it arrived counts, not when the engine was free.
  const atMs = parts.clock.nowMs();
  const purpose = session.purpose === "enrol" ? "enrol" : "match";
  const policy = await parts.readPolicy(session.tenantId);
  const headCover = policy.checks.headCover !== "off";
  const inspection = await parts.engine.inspect(image, { purpose, eyes: true, headCover });
  const refused = inspection.problems.find(isRefused);
  if (refused !== undefined) return { kind: "refused", problem: refused };
  const step = takeFrame(present, { number, atMs, digest: hash("sha256", image), image, inspection }, policy);
  if (step.kind === "goOn") {
    const { next, ask, problem } = step;
    capture.present = next;
    return { kind: "goOn", ask, problem, done: next.challenge?.done ?? 0 };
  }
  const needsLiveness = policy.capture.liveness !== "challenge";
  return await endOf(parts, { ...taking, step, needsLiveness });
}

async function endOf(
  parts: CaptureParts,
  taking: Taking & {
    readonly capture: LiveCapture;
    readonly present: CaptureTry;
    readonly step: Exclude<TryStep, { kind: "goOn" }>;
    readonly needsLiveness: boolean;
  },
): Promise<FrameAnswer> {
  const { session, frame, capture, present, step, needsLiveness, limits, live } = taking;
  if (step.kind === "failed") {
    const triesLeft = await count(parts, { capture, session, limits }, step.problem);
    if (triesLeft === null) return { kind: "ended" };
    if (triesLeft > 0) return { kind: "again", problem: step.problem, triesLeft };
  }
  endTry(capture);
  live.drop(session.sessionId);
  // Whoever was asked and did not answer has shown no live person, whatever the picture looks like.
  const failed =
    step.kind === "failed" ? (step.challenge ?? (present.challenge === null ? null : "notAnswered")) : null;
  const { picture } = step;
  const work = async (): Promise<CaptureFinish> =>
    picture === null
      ? await failWithout(parts, session, step.kind === "failed" ? step.problem : "unclear")
      : await finishWith(parts, { session, picture, challengeFailed: failed, needsLiveness, source: frame.source });
  return { kind: await withFloor({ clock: parts.clock, floorMs: limits.floorMs }, work) };
}

async function failWithout(
  { store }: CaptureParts,
  { tenantId, sessionId }: CaptureSession,
  reason: string,
): Promise<CaptureFinish> {
  return (await store.endCaptureSession({ tenantId, sessionId, status: "failed", reason })) ? "failed" : "ended";
}
