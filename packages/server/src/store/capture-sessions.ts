import type { AtMs, AuditEntry } from "./records.ts";

interface Where {
  readonly tenantId: string;
}

/** What a capture is for. */
export const CAPTURE_PURPOSES = ["authenticate", "enrol"] as const;
/** One of {@link CAPTURE_PURPOSES}. */
export type CapturePurpose = (typeof CAPTURE_PURPOSES)[number];

/**
 * `waiting`: nobody opened it; `open`: somebody is before the camera; `done`: decided, or enrolled; `failed`: ended
 * without, for the reason named; `closed`: by the person or a caller; `expired`: its time was up.
 */
export const CAPTURE_STATUSES = ["waiting", "open", "done", "failed", "closed", "expired"] as const;
/** One of {@link CAPTURE_STATUSES}. */
export type CaptureStatus = (typeof CAPTURE_STATUSES)[number];

/** One person's turn before a camera. No picture stands here. */
export interface CaptureSession {
  readonly tenantId: string;
  readonly sessionId: string;
  readonly customerId: string;
  readonly purpose: CapturePurpose;
  readonly status: CaptureStatus;
  /** Why it ended as it did; `null` while it runs, and where the status says it all. */
  readonly reason: string | null;
  /** Lower-case hex SHA-256 of the cookie that the secret was exchanged for; `null`: not opened. */
  readonly cookieHash: string | null;
  readonly returnUrl: string | null;
  readonly consentReference: string | null;
  /** What the person reads before an enrolment; `null`: the page's own words. */
  readonly consentText: string | null;
  readonly agreedAtMs: AtMs | null;
  /** Tries so far that gave no picture to decide on, … */
  readonly tries: number;
  /** … and what was wrong with the last of them. */
  readonly problem: string | null;
  readonly authenticationId: string | null;
  readonly interviewId: string | null;
  readonly createdAtMs: AtMs;
  readonly openedAtMs: AtMs | null;
  readonly expiresAtMs: AtMs;
  readonly endedAtMs: AtMs | null;
}

/** A session to be made. */
export interface NewCaptureSession extends Where {
  readonly sessionId: string;
  readonly customerId: string;
  readonly subject: string;
  readonly purpose: CapturePurpose;
  /** Lower-case hex SHA-256 of the one-use secret. */
  readonly secretHash: string;
  readonly returnUrl: string | null;
  readonly consent: { readonly reference: string; readonly text: string | null } | null;
  readonly lifeMs: number;
}

/** What becomes of a secret. `used`: it was exchanged before; `ended`: too late; `unknown`: no such session or secret. */
export type CaptureOpened =
  | { readonly kind: "opened"; readonly session: CaptureSession }
  | { readonly kind: "used" | "ended" | "unknown" };

/** Where a picture came from, for what is decided on it. */
export interface FromCapture {
  /** The session, which ends with the decision; absent: the picture came with the call. */
  readonly captureSessionId?: string;
  /** By what the picture is known again, and whether it was judged as one not seen before; absent: not remembered. */
  readonly picture?: PictureMarks & { readonly fresh: boolean };
}

/** A picture as keyed hashes: of its bytes, and of parts of what it looks like. */
export interface PictureMarks {
  readonly digest: string;
  /** Four bands of a perceptual hash; `null`: it could not be made. */
  readonly bands: readonly [string, string, string, string] | null;
}

/** Whether a picture was decided on before. `alike`: another one looks the same, which honest ones do too. */
export interface SeenBefore {
  readonly sameBytes: boolean;
  readonly alike: boolean;
}

/** How a session ends that decided nothing. */
export interface CaptureEnd {
  readonly status: Extract<CaptureStatus, "failed" | "closed" | "expired">;
  readonly reason: string | null;
}

/** The part of the port about captures. Each end is told to operators in its own transaction. */
export interface CaptureSessions {
  createCaptureSession(session: NewCaptureSession & { readonly audit: AuditEntry }): Promise<CaptureSession>;
  readCaptureSession(where: Where & { sessionId: string }): Promise<CaptureSession | null>;
  /** By the id alone, for those who have no key: who they are, the caller judges by the hash of their cookie. */
  findCaptureSession(sessionId: string): Promise<CaptureSession | null>;
  /** Exchanges the secret once, whoever asks how often at the same time (S5). */
  openCaptureSession(where: { sessionId: string; secretHash: string; cookieHash: string }): Promise<CaptureOpened>;
  /** The session goes on elsewhere: its cookie is worth nothing any more, and the new secret opens it. */
  handOverCaptureSession(where: Where & { sessionId: string; secretHash: string }): Promise<boolean>;
  /** The person agreed to the text that was shown. */
  agreeToCapture(where: Where & { sessionId: string }): Promise<boolean>;
  /** What was wrong last; `counted`: with a try. `null`: the session has ended. @returns tries so far */
  countCaptureTry(where: Where & { sessionId: string; problem: string; counted: boolean }): Promise<number | null>;
  /** False: it had ended before. */
  endCaptureSession(where: Where & { sessionId: string } & CaptureEnd): Promise<boolean>;
  /** Looks for pictures of this tenant that were decided on. */
  findSeenPicture(where: Where & PictureMarks): Promise<SeenBefore>;
  /** Ends those whose time is up, whichever tenant's; a batch. @returns how many */
  expireCaptureSessions(where: { limit: number }): Promise<number>;
}
