import type { CaptureEnd, CaptureOpened, CaptureSession, CaptureSessions, CaptureStatus } from "../capture-sessions.ts";
import { appendAudit } from "./audit.ts";
import type { Backend, ReadView, WriteView } from "./backend.ts";
import { lockTenant } from "./lock-tenant.ts";
import { recordOperatorEvent } from "./operator-events.ts";
import type { CaptureSessionRow } from "./tables.ts";

/** The part of the {@link Store} about captures. */
export function captureQueries({ read, write }: Backend): Omit<CaptureSessions, "findSeenPicture"> {
  return {
    createCaptureSession: async (session) => await write(async (view) => await create(view, session)),
    readCaptureSession: async ({ tenantId, sessionId }) =>
      await read(async (view) => {
        const row = await find(view, sessionId);
        return row?.tenant_id === tenantId ? toSession(row) : null;
      }),
    findCaptureSession: async (sessionId) =>
      await read(async (view) => {
        const row = await find(view, sessionId);
        return row === null ? null : toSession(row);
      }),
    openCaptureSession: async (where) => await write(async (view) => await open(view, where)),
    handOverCaptureSession: async ({ secretHash, ...where }) =>
      await write(async (view) => {
        const again = { status: "waiting", secret_hash: secretHash, cookie_hash: null } as const;
        return (await change(view, where, again)) !== null;
      }),
    agreeToCapture: async (where) =>
      await write(async (view) => (await change(view, where, { agreed_at_ms: view.nowMs })) !== null),
    countCaptureTry: async (where) => await write(async (view) => await countTry(view, where)),
    endCaptureSession: async (where) => await write(async (view) => await endUndecided(view, where)),
    expireCaptureSessions: async ({ limit }) => await write(async (view) => await expire(view, limit)),
  };
}

interface SessionRef {
  readonly tenantId: string;
  readonly sessionId: string;
}

async function create(
  view: WriteView,
  { audit, ...session }: Parameters<CaptureSessions["createCaptureSession"]>[0],
): Promise<CaptureSession> {
  const row: CaptureSessionRow = {
    tenant_id: session.tenantId,
    session_id: session.sessionId,
    customer_id: session.customerId,
    subject: session.subject,
    purpose: session.purpose,
    status: "waiting",
    reason: null,
    secret_hash: session.secretHash,
    cookie_hash: null,
    return_url: session.returnUrl,
    consent_reference: session.consent?.reference ?? null,
    consent_text: session.consent?.text ?? null,
    agreed_at_ms: null,
    tries: 0,
    problem: null,
    authentication_id: null,
    interview_id: null,
    created_at_ms: view.nowMs,
    opened_at_ms: null,
    expires_at_ms: view.nowMs + session.lifeMs,
    ended_at_ms: null,
  };
  await view.db.insertInto("capture_sessions").values(row).execute();
  await appendAudit(view, session.tenantId, audit);
  return toSession(row);
}

async function find({ db }: ReadView, sessionId: string): Promise<CaptureSessionRow | null> {
  const row = await db
    .selectFrom("capture_sessions")
    .selectAll()
    .where("session_id", "=", sessionId)
    .executeTakeFirst();
  return row ?? null;
}

async function open(
  view: WriteView,
  { sessionId, secretHash, cookieHash }: Parameters<CaptureSessions["openCaptureSession"]>[0],
): Promise<CaptureOpened> {
  // The condition is part of the change: of two that ask at once, one finds it changed.
  const row = await view.db
    .updateTable("capture_sessions")
    .set({ status: "open", cookie_hash: cookieHash, opened_at_ms: view.nowMs })
    .where("session_id", "=", sessionId)
    .where("secret_hash", "=", secretHash)
    .where("status", "=", "waiting")
    .where("expires_at_ms", ">", view.nowMs)
    .returningAll()
    .executeTakeFirst();
  if (row !== undefined) return { kind: "opened", session: toSession(row) };
  const known = await find(view, sessionId);
  if (known?.secret_hash !== secretHash) return { kind: "unknown" };
  return { kind: known.status === "open" && known.expires_at_ms > view.nowMs ? "used" : "ended" };
}

/** Changes a session that somebody has open and whose time is not up. */
async function change(
  view: WriteView,
  { tenantId, sessionId }: SessionRef,
  set: Partial<CaptureSessionRow>,
): Promise<CaptureSessionRow | null> {
  const row = await view.db
    .updateTable("capture_sessions")
    .set(set)
    .where("tenant_id", "=", tenantId)
    .where("session_id", "=", sessionId)
    .where("status", "=", "open")
    .where("expires_at_ms", ">", view.nowMs)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

async function countTry(
  view: WriteView,
  { problem, counted, ...ref }: Parameters<CaptureSessions["countCaptureTry"]>[0],
): Promise<number | null> {
  const row = await view.db
    .updateTable("capture_sessions")
    .set((set) => ({ tries: set("tries", "+", counted ? 1 : 0), problem }))
    .where("tenant_id", "=", ref.tenantId)
    .where("session_id", "=", ref.sessionId)
    .where("status", "=", "open")
    .returning("tries")
    .executeTakeFirst();
  return row?.tries ?? null;
}

async function endUndecided(view: WriteView, { tenantId, sessionId, status, reason }: SessionRef & CaptureEnd) {
  await lockTenant(view, tenantId);
  return await end(view, { tenantId, sessionId, from: ["waiting", "open"], set: { status, reason } });
}

/** What a capture came to. */
interface Ending extends SessionRef {
  readonly from: readonly CaptureStatus[];
  readonly set: {
    readonly status: Exclude<CaptureStatus, "waiting" | "open">;
    readonly reason: string | null;
    readonly authentication_id?: string;
    readonly interview_id?: string;
  };
}

/** Ends a session once and tells operators, who hear of every end. False: it had ended before. */
async function end(view: WriteView, { tenantId, sessionId, from, set }: Ending): Promise<boolean> {
  const row = await view.db
    .updateTable("capture_sessions")
    .set({ ...set, ended_at_ms: view.nowMs })
    .where("tenant_id", "=", tenantId)
    .where("session_id", "=", sessionId)
    .where("status", "in", from)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return false;
  const { purpose, status, reason } = row;
  await recordOperatorEvent(view, {
    tenantId,
    type: "capture.ended",
    subject: row.subject,
    data: {
      captureSessionId: sessionId,
      purpose,
      status: status as Ending["set"]["status"],
      reason,
      authenticationId: row.authentication_id,
    },
  });
  return true;
}

/**
 * Ends a session in the transaction of what it came to, so that one capture decides once (S5, M10).
 * @returns false: it had ended, or its time is up; nothing may be decided on it
 */
export async function finishCapture(
  view: WriteView,
  ref: SessionRef,
  came: { readonly authenticationId: string } | { readonly interviewId: string } | { readonly failed: string },
): Promise<boolean> {
  const set =
    "failed" in came
      ? ({ status: "failed", reason: came.failed } as const)
      : "authenticationId" in came
        ? ({ status: "done", reason: null, authentication_id: came.authenticationId } as const)
        : ({ status: "done", reason: null, interview_id: came.interviewId } as const);
  return await end(view, { ...ref, from: ["open"], set });
}

async function expire(view: WriteView, limit: number): Promise<number> {
  const due = await view.db
    .selectFrom("capture_sessions")
    .select(["tenant_id", "session_id"])
    .where("ended_at_ms", "is", null)
    .where("expires_at_ms", "<=", view.nowMs)
    .orderBy("tenant_id")
    .orderBy("expires_at_ms")
    .limit(limit)
    .execute();
  let ended = 0;
  for (const { tenant_id: tenantId, session_id: sessionId } of due) {
    if (await endUndecided(view, { tenantId, sessionId, status: "expired", reason: null })) ended += 1;
  }
  return ended;
}

/** Takes away what ended this long ago. */
export async function sweepCaptures(
  { db }: WriteView,
  { tenantId, beforeMs }: { readonly tenantId: string; readonly beforeMs: number },
): Promise<void> {
  await db
    .deleteFrom("capture_sessions")
    .where("tenant_id", "=", tenantId)
    .where("ended_at_ms", "<", beforeMs)
    .execute();
}

function toSession(row: CaptureSessionRow): CaptureSession {
  return {
    tenantId: row.tenant_id,
    sessionId: row.session_id,
    customerId: row.customer_id,
    purpose: row.purpose,
    status: row.status,
    reason: row.reason,
    cookieHash: row.cookie_hash,
    returnUrl: row.return_url,
    consentReference: row.consent_reference,
    consentText: row.consent_text,
    agreedAtMs: row.agreed_at_ms,
    tries: row.tries,
    problem: row.problem,
    authenticationId: row.authentication_id,
    interviewId: row.interview_id,
    createdAtMs: row.created_at_ms,
    openedAtMs: row.opened_at_ms,
    expiresAtMs: row.expires_at_ms,
    endedAtMs: row.ended_at_ms,
  };
}
