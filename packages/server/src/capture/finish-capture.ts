import { authenticate } from "../authentication/authenticate.ts";
import { enrol } from "../customers/enrol.ts";
import type { CaptureSession } from "../store/capture-sessions.ts";
import type { CaptureParts } from "./capture-parts.ts";
import type { Candidate } from "./capture-try.ts";

/** What the page learns of an end. `done` says nothing about what was decided (S12). */
export type CaptureFinish = "done" | "failed" | "ended";

/** What a capture came to, before anything is decided on it. */
export interface CaptureResult {
  readonly session: CaptureSession;
  readonly picture: Candidate;
  /** Why the challenge was not passed; `null`: it was, or none was asked for. */
  readonly challengeFailed: string | null;
  /** False: the challenge alone is the proof of a live person. */
  readonly needsLiveness: boolean;
  /** The address of whoever is before the camera. */
  readonly source: string;
}

/** Decides on a capture, or enrols from it; the session ends in the same transaction. */
export async function finishWith(parts: CaptureParts, result: CaptureResult): Promise<CaptureFinish> {
  return result.session.purpose === "authenticate"
    ? await authenticateFrom(parts, result)
    : await enrolFrom(parts, result);
}

/** The engine has looked at the frame already: it is not to look twice, which takes time that would tell something. */
function lookedAt(parts: CaptureParts, { picture }: CaptureResult): CaptureParts {
  const inspect = async () => await Promise.resolve(picture.inspection);
  return { ...parts, engine: { ...parts.engine, inspect } };
}

async function authenticateFrom(parts: CaptureParts, result: CaptureResult): Promise<CaptureFinish> {
  const { session, picture, challengeFailed, needsLiveness, source } = result;
  const startedAtMs = parts.clock.monotonicMs();
  const span = parts.tracer.begin("capture", { kind: "internal", parent: null, facts: { tenantId: session.tenantId } });
  const decided = await authenticate(lookedAt(parts, result), {
    tenantId: session.tenantId,
    customerId: session.customerId,
    image: picture.image,
    source,
    idempotencyKey: null,
    // Nobody is answered with it: the back end asks, or is told.
    present: () => ({ status: 200, body: new Uint8Array(0) }),
    capture: { sessionId: session.sessionId, challengeFailed, needsLiveness },
    span,
  }).finally(() => {
    span.end();
  });
  parts.onDecided(decided, parts.clock.monotonicMs() - startedAtMs);
  return decided.kind === "captureEnded" ? "ended" : "done";
}

async function enrolFrom(parts: CaptureParts, result: CaptureResult): Promise<CaptureFinish> {
  const { session, picture, challengeFailed } = result;
  const { tenantId, sessionId, customerId, consentReference, agreedAtMs } = session;
  const fail = async (reason: string): Promise<CaptureFinish> => {
    return (await parts.store.endCaptureSession({ tenantId, sessionId, status: "failed", reason }))
      ? "failed"
      : "ended";
  };
  if (challengeFailed !== null) return await fail(challengeFailed);
  const enrolled = await enrol(lookedAt(parts, result), {
    tenantId,
    customerId,
    image: picture.image,
    consent: consentReference === null ? null : { reference: consentReference, atMs: agreedAtMs },
    mode: "replace",
    captureSessionId: sessionId,
    actor: `capture:${sessionId}`,
  });
  if ("enrolledAtMs" in enrolled) return "done";
  if (enrolled.kind === "captureEnded") return "ended";
  return await fail(enrolled.kind === "refused" ? enrolled.refusal : enrolled.kind);
}
