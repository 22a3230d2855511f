import { timingSafeEqual } from "node:crypto";
import { newId } from "@sameface/contract";
import type { Policy } from "../api/index.ts";
import type { CaptureOpened, CapturePurpose, CaptureSession } from "../store/capture-sessions.ts";
import { type CaptureCalls, createCaptureCalls } from "./capture-calls.ts";
import { CAPTURE_LIMITS, type CaptureParts } from "./capture-parts.ts";
import { hashOf, linkOf, newSecret } from "./capture-secret.ts";
import { createLiveCaptures } from "./live-captures.ts";
import { allowsReturn } from "./return-url.ts";

/** A capture that a back end asks for. */
export interface CaptureAsked {
  readonly tenantId: string;
  readonly actor: string;
  readonly customerId: string;
  readonly purpose: CapturePurpose;
  readonly returnUrl: string | null;
  /** `null`: as long as is usual. */
  readonly lifeMs: number | null;
  readonly consent: { readonly reference: string; readonly text: string | null } | null;
}

/** What becomes of {@link Captures.create}. */
export type CaptureCreated =
  | { readonly kind: "created"; readonly session: CaptureSession; readonly url: string }
  | { readonly kind: "consentRequired" | "refusedReturnUrl" };

/** What the page is told of its session; nothing about the customer. */
export interface CaptureView {
  readonly session: CaptureSession;
  readonly policy: Policy["capture"];
  readonly triesLeft: number;
  readonly expiresInMs: number;
}

/** Captures: made by a back end, opened once by a browser, and ended with everybody told. */
export interface Captures extends CaptureCalls {
  create(asked: CaptureAsked): Promise<CaptureCreated>;
  read(where: { readonly tenantId: string; readonly sessionId: string }): Promise<CaptureSession | null>;
  /** False: there is none, or it has ended. */
  cancel(where: { readonly tenantId: string; readonly sessionId: string }): Promise<boolean>;
  /** Exchanges the secret for a cookie, once. */
  open(where: {
    readonly sessionId: string;
    readonly secret: string;
  }): Promise<
    | { readonly kind: "opened"; readonly cookie: string; readonly view: CaptureView }
    | Exclude<CaptureOpened, { kind: "opened" }>
  >;
  /** The session whose cookie this is; `null`: there is none. */
  sessionOf(where: CookieOf): Promise<CaptureSession | null>;
  view(session: CaptureSession): Promise<CaptureView>;
  /** Origins that may frame the page of a session. */
  frameAncestorsOf(sessionId: string): Promise<readonly string[]>;
  /** Ends what is past its time or was left, from now on. */
  start(): void;
  /** Forgets every picture at once. */
  stop(): void;
}

/** Who says that a session is theirs. */
export interface CookieOf {
  readonly sessionId: string;
  readonly cookie: string | null;
}

export function createCaptures(parts: CaptureParts): Captures {
  const { store, clock, readPolicy } = parts;
  const limits = parts.limits ?? CAPTURE_LIMITS;
  const live = createLiveCaptures(limits.live);
  const view = async (session: CaptureSession): Promise<CaptureView> => ({
    session,
    policy: (await readPolicy(session.tenantId)).capture,
    triesLeft: Math.max(0, limits.tries - session.tries),
    expiresInMs: Math.max(0, session.expiresAtMs - clock.nowMs()),
  });
  return {
    ...createCaptureCalls(parts, { limits, live }),
    view,
    create: async (asked) => await create(parts, asked, asked.lifeMs ?? limits.lifeMs),
    read: async (where) => await store.readCaptureSession(where),
    cancel: async (where) => {
      live.drop(where.sessionId);
      return await store.endCaptureSession({ ...where, status: "closed", reason: "cancelledByCaller" });
    },
    open: async ({ sessionId, secret }) => {
      const cookie = newSecret(parts);
      const hashes = { secretHash: hashOf(secret), cookieHash: hashOf(cookie) };
      const opened = await store.openCaptureSession({ sessionId, ...hashes });
      return opened.kind === "opened" ? { kind: "opened", cookie, view: await view(opened.session) } : opened;
    },
    sessionOf: async ({ sessionId, cookie }) => {
      const session = cookie === null ? null : await store.findCaptureSession(sessionId);
      return cookie !== null && session !== null && isCookieOf(session, cookie) ? session : null;
    },
    frameAncestorsOf: async (sessionId) => {
      const session = await store.findCaptureSession(sessionId);
      return session === null ? [] : (await readPolicy(session.tenantId)).capture.frameAncestors;
    },
    ...createSweep(parts, { limits, live }),
  };
}

async function create(parts: CaptureParts, asked: CaptureAsked, lifeMs: number): Promise<CaptureCreated> {
  const { tenantId, customerId, purpose, returnUrl, consent, actor } = asked;
  if (purpose === "enrol" && (consent === null || consent.reference.trim() === "")) return { kind: "consentRequired" };
  const policy = await parts.readPolicy(tenantId);
  if (returnUrl !== null && !allowsReturn(returnUrl, policy.capture.returnUrls)) return { kind: "refusedReturnUrl" };
  const sessionId = newId(parts.random);
  const secret = newSecret(parts);
  const subject = parts.vault.subject(tenantId, customerId);
  const session = await parts.store.createCaptureSession({
    tenantId,
    sessionId,
    customerId,
    subject,
    purpose,
    secretHash: hashOf(secret),
    returnUrl,
    consent,
    lifeMs,
    audit: { actor, action: "capture.created", target: `customer:${subject}`, details: { sessionId, purpose } },
  });
  return { kind: "created", session, url: linkOf(parts, { sessionId, secret }) };
}

function isCookieOf({ cookieHash }: CaptureSession, cookie: string): boolean {
  return cookieHash !== null && timingSafeEqual(Buffer.from(cookieHash), Buffer.from(hashOf(cookie)));
}

const BATCH = 100;

function createSweep(
  { store, clock, onFault }: CaptureParts,
  { limits, live }: Parameters<typeof createCaptureCalls>[1],
): Pick<Captures, "start" | "stop"> {
  let cancel: (() => void) | null = null;
  let closed = false;
  const sweep = async (): Promise<void> => {
    for (const [sessionId, { tenantId }] of live.left({ nowMs: clock.nowMs(), leftMs: limits.leftMs })) {
      live.drop(sessionId);
      await store.endCaptureSession({ tenantId, sessionId, status: "closed", reason: "left" });
    }
    while ((await store.expireCaptureSessions({ limit: BATCH })) === BATCH);
  };
  const turn = (): void => {
    cancel = clock.after(limits.sweepMs, () => {
      void sweep()
        .catch(onFault)
        .finally(() => {
          if (!closed) turn();
        });
    });
  };
  return {
    start: turn,
    stop: () => {
      closed = true;
      cancel?.();
      live.clear();
    },
  };
}
