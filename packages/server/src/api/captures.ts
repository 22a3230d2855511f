import { type Static, Type } from "typebox";
import { CustomerId, closed, Id, ImageBase64, nullable, oneOf, Timestamp } from "./common.ts";

/** What a person before the camera can be asked to do; left and right are the person's own. */
const Ask = oneOf(["centre", "turnLeft", "turnRight", "blink", "comeCloser"], "What to do now; centre: look straight.");

/** Which tenant's return addresses may be used is the policy's. */
export const CaptureBody = closed({
  customerId: CustomerId,
  purpose: oneOf(["authenticate", "enrol"], "What the picture is for."),
  returnUrl: Type.Optional(
    Type.String({
      maxLength: 2000,
      description: "Where the page leads when it is done; the policy lists what may be.",
    }),
  ),
  expiresInSeconds: Type.Optional(
    Type.Integer({
      minimum: 5,
      maximum: 3600,
      description: "How long the link and what follows may last; default 600.",
    }),
  ),
  consent: Type.Optional(
    closed({
      reference: Type.Optional(Type.String({ maxLength: 256, description: "For example a document number." })),
      text: Type.Optional(
        Type.String({ minLength: 1, maxLength: 4000, description: "What the person agrees to; shown as plain text." }),
      ),
    }),
  ),
});
export type CaptureBody = Static<typeof CaptureBody>;

export const CaptureCreated = closed({
  id: Id,
  url: Type.String({ description: "To be opened once, in any browser; its fragment is the secret." }),
  expiresAt: Timestamp,
});
export type CaptureCreated = Static<typeof CaptureCreated>;

export const CaptureSessionView = closed({
  id: Id,
  customerId: CustomerId,
  purpose: oneOf(["authenticate", "enrol"], "What the picture is for."),
  status: oneOf(
    ["waiting", "open", "done", "failed", "closed", "expired"],
    "done: decided or enrolled; failed, closed, expired: nothing was.",
  ),
  reason: nullable(Type.String({ description: "Why it ended so: left, cancelled, spoof, tooManyAttempts, …" })),
  tries: Type.Integer({ minimum: 0, description: "Tries that gave nothing to decide on." }),
  problem: nullable(Type.String({ description: "What was wrong last: noFace, moreThanOneFace, cameraRefused, …" })),
  authenticationId: nullable(Id),
  interviewId: nullable(Id),
  consent: nullable(closed({ reference: Type.String(), text: nullable(Type.String()), agreedAt: nullable(Timestamp) })),
  returnUrl: nullable(Type.String()),
  createdAt: Timestamp,
  openedAt: nullable(Timestamp),
  expiresAt: Timestamp,
  endedAt: nullable(Timestamp),
});
export type CaptureSessionView = Static<typeof CaptureSessionView>;

/** An authentication whose picture came from a capture. */
export const CaptureRef = closed({ captureSessionId: Id });
export type CaptureRef = Static<typeof CaptureRef>;

export const CapturePageQuery = closed({ session: Type.Optional(Id) });

const Secret = Type.String({ pattern: "^[A-Za-z0-9_-]{43}$", description: "32 bytes in base64url: 43 characters." });

export const CaptureOpenBody = closed({ secret: Secret });

/** What the page is told; nothing about the customer (S12). */
export const CapturePageView = closed({
  purpose: oneOf(["authenticate", "enrol"], "What the picture is for."),
  state: oneOf(["open", "ended"], "Whether the person can go on."),
  consent: nullable(closed({ text: nullable(Type.String()), agreed: Type.Boolean() })),
  liveness: oneOf(["passive", "challenge", "both"], "Whether moves are asked for."),
  fileUpload: Type.Boolean({ description: "Whether a file may take the camera's place." }),
  returnUrl: nullable(Type.String()),
  frameAncestors: Type.Array(Type.String(), { description: "Whom the page may tell that it is done." }),
  triesLeft: Type.Integer({ minimum: 0 }),
  expiresInSeconds: Type.Integer({ minimum: 0 }),
});
export type CapturePageView = Static<typeof CapturePageView>;

export const CaptureBeginBody = closed({ source: oneOf(["camera", "file"], "Where the picture comes from.") });

export const CaptureBegun = closed({
  nonce: Secret,
  moves: Type.Integer({ minimum: 0, description: "How many moves will be asked for." }),
  lastsSeconds: Type.Integer({ minimum: 1, description: "How long this try lasts." }),
});
export type CaptureBegun = Static<typeof CaptureBegun>;

export const CaptureFrameBody = closed({
  image: ImageBase64,
  nonce: Secret,
  number: Type.String({ pattern: "^[1-9][0-9]{0,5}$", description: "Counted by the page; never the same twice." }),
});

export const CaptureFrameAnswer = closed({
  state: oneOf(
    ["goOn", "again", "done", "failed"],
    "again: nothing came of this try, begin another; done: the back end knows, and this says no more.",
  ),
  ask: nullable(Ask),
  movesDone: Type.Integer({ minimum: 0 }),
  problem: nullable(Type.String({ description: "What the person can mend: noFace, comeCloser, moreLight, …" })),
  triesLeft: nullable(Type.Integer({ minimum: 0 })),
});
export type CaptureFrameAnswer = Static<typeof CaptureFrameAnswer>;

const CAMERA_PROBLEMS = ["cameraRefused", "cameraMissing", "cameraBusy"] as const;

export const CaptureProblemBody = closed({ problem: oneOf(CAMERA_PROBLEMS, "Why the camera can't be used.") });
export const CaptureCloseBody = closed({ reason: oneOf(["cancelled", ...CAMERA_PROBLEMS], "Why the person stops.") });

export const CaptureMoved = closed({ url: Type.String({ description: "Opens the session elsewhere, once." }) });
