import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CaptureSession, NewCaptureSession, PictureMarks } from "../capture-sessions.ts";
import {
  ALL,
  AUDIT,
  type Bench,
  decide,
  enrol,
  newDecision,
  newId,
  type OpenStore,
  openBench,
  refOf,
  TENANT,
} from "./bench.fixture.ts";

const ANN = refOf("ann");
const LIFE_MS = 600_000;

async function make({ store }: Bench, change: Partial<NewCaptureSession> = {}): Promise<CaptureSession> {
  return await store.createCaptureSession({
    ...ANN,
    sessionId: newId(),
    purpose: "authenticate",
    secretHash: "secret",
    returnUrl: null,
    consent: null,
    lifeMs: LIFE_MS,
    audit: AUDIT,
    ...change,
  });
}

async function makeOpen(bench: Bench, change: Partial<NewCaptureSession> = {}): Promise<CaptureSession> {
  const { sessionId } = await make(bench, change);
  const opened = await bench.store.openCaptureSession({ sessionId, secretHash: "secret", cookieHash: "cookie" });
  assert.ok(opened.kind === "opened");
  return opened.session;
}

const statusOf = async ({ store }: Bench, { sessionId }: CaptureSession): Promise<unknown> => {
  const read = await store.readCaptureSession({ tenantId: TENANT, sessionId });
  return read === null ? null : [read.status, read.reason];
};

/** What operators were told of ends. */
async function told({ store }: Bench): Promise<readonly unknown[]> {
  const { items } = await store.listOperatorEvents({ tenantId: TENANT, ...ALL });
  return items.map(({ type, body }) => {
    const { data } = JSON.parse(Buffer.from(body ?? []).toString()) as { data: Record<string, unknown> };
    return [type, data["captureSessionId"], data["status"], data["reason"]];
  });
}

const marks = (digest: string, bands: PictureMarks["bands"] = null) => ({ digest, bands, fresh: true });

export function captureConformance(open: OpenStore): void {
  describe("captures", () => {
    it("exchanges the secret once, of however many who ask at the same time, and knows a wrong one", async () => {
      await using bench = await openBench(open);
      const { sessionId } = await make(bench);
      const ask = async (cookieHash: string, secretHash = "secret") =>
        (await bench.store.openCaptureSession({ sessionId, secretHash, cookieHash })).kind;
      assert.equal(await ask("c0", "guess"), "unknown");
      const kinds = await Promise.all(["c1", "c2", "c3", "c4"].map(async (cookie) => await ask(cookie)));
      assert.deepEqual(kinds.toSorted(), ["opened", "used", "used", "used"]);
      const found = await bench.store.findCaptureSession(sessionId);
      assert.ok(found?.cookieHash?.startsWith("c"));
      bench.advance(LIFE_MS);
      assert.equal(await ask("c5"), "ended");
      assert.equal(await bench.store.findCaptureSession("nobody"), null);
    });

    it("decides once on a capture, and leaves nothing of a second decision", async () => {
      await using bench = await openBench(open);
      const session = await makeOpen(bench);
      const counters = [{ scope: "customer", subject: ANN.subject, change: "failure" }] as const;
      const of = { captureSessionId: session.sessionId, counters };
      const first = await decide(bench, { ref: ANN, ...of });
      const second = newDecision(ANN, of);
      assert.deepEqual(await bench.store.recordDecision(second), { kind: "captureEnded" });
      const { items } = await bench.store.listAuthentications({
        tenantId: TENANT,
        customerId: null,
        outcome: null,
        ...ALL,
      });
      assert.equal(items.length, 1);
      const limits = { waitAfterFailures: 2, waitMs: 1000, stopAfterFailures: 50 };
      const guard = { keys: [{ scope: "customer", subject: ANN.subject }], limits } as const;
      assert.equal((await bench.store.readLock({ tenantId: TENANT, ...guard })).kind, "open");
      const read = await bench.store.readCaptureSession({ tenantId: TENANT, sessionId: session.sessionId });
      assert.deepEqual(
        [read?.status, read?.authenticationId, read?.endedAtMs],
        ["done", first.authentication.authenticationId, bench.nowMs()],
      );
      assert.deepEqual(await told(bench), [["capture.ended", session.sessionId, "done", null]]);
    });

    it("enrols once from a capture", async () => {
      await using bench = await openBench(open);
      const session = await makeOpen(bench, { purpose: "enrol", consent: { reference: "c", text: "I agree" } });
      const { sessionId } = session;
      assert.equal(await bench.store.agreeToCapture({ tenantId: TENANT, sessionId }), true);
      const enrolment = {
        ...ANN,
        revision: newId(),
        consent: { reference: "c" },
        template: { interviewId: newId(), embedderId: "e", sealed: Buffer.from("x"), imageDigest: "d" },
        mode: "replace",
        maxTemplates: 5,
        captureSessionId: sessionId,
        audit: AUDIT,
      } as const;
      assert.equal((await bench.store.enrol(enrolment)).kind, "created");
      assert.equal((await bench.store.enrol(enrolment)).kind, "captureEnded");
      const read = await bench.store.readCaptureSession({ tenantId: TENANT, sessionId });
      assert.deepEqual([read?.status, read?.interviewId], ["done", enrolment.template.interviewId]);
      assert.deepEqual([read?.consentText, read?.agreedAtMs], ["I agree", bench.nowMs()]);
    });

    it("tells operators of every end once: closed, failed, expired", async () => {
      await using bench = await openBench(open);
      const [closed, failed, late] = [await makeOpen(bench), await makeOpen(bench), await make(bench)];
      const { store } = bench;
      const where = { tenantId: TENANT, sessionId: closed.sessionId };
      assert.equal(await store.endCaptureSession({ ...where, status: "closed", reason: "left" }), true);
      assert.equal(await store.endCaptureSession({ ...where, status: "failed", reason: "x" }), false);
      await store.endCaptureSession({
        tenantId: TENANT,
        sessionId: failed.sessionId,
        status: "failed",
        reason: "no_face",
      });
      assert.equal(await store.expireCaptureSessions({ limit: 10 }), 0);
      bench.advance(LIFE_MS);
      assert.equal(await store.expireCaptureSessions({ limit: 10 }), 1);
      assert.equal(await store.expireCaptureSessions({ limit: 10 }), 0);
      assert.deepEqual(await told(bench), [
        ["capture.ended", closed.sessionId, "closed", "left"],
        ["capture.ended", failed.sessionId, "failed", "no_face"],
        ["capture.ended", late.sessionId, "expired", null],
      ]);
      assert.deepEqual(await statusOf(bench, late), ["expired", null]);
    });

    it("takes nothing more from a session whose time is up, or that went on elsewhere", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const { sessionId } = await makeOpen(bench);
      const where = { tenantId: TENANT, sessionId };
      assert.equal(await store.countCaptureTry({ ...where, problem: "no_face", counted: true }), 1);
      assert.equal(await store.countCaptureTry({ ...where, problem: "too_small", counted: true }), 2);
      assert.equal(await store.countCaptureTry({ ...where, problem: "cameraBusy", counted: false }), 2);
      assert.equal(await store.handOverCaptureSession({ ...where, secretHash: "second" }), true);
      const moved = await store.readCaptureSession(where);
      assert.deepEqual(
        [moved?.status, moved?.cookieHash, moved?.tries, moved?.problem],
        ["waiting", null, 2, "cameraBusy"],
      );
      const open1 = await store.openCaptureSession({ sessionId, secretHash: "secret", cookieHash: "c" });
      const open2 = await store.openCaptureSession({ sessionId, secretHash: "second", cookieHash: "c" });
      assert.deepEqual([open1.kind, open2.kind], ["unknown", "opened"]);
      bench.advance(LIFE_MS);
      assert.equal(await store.agreeToCapture(where), false);
      assert.equal(await store.handOverCaptureSession({ ...where, secretHash: "third" }), false);
      await store.expireCaptureSessions({ limit: 1 });
      assert.equal(await store.countCaptureTry({ ...where, problem: "no_face", counted: true }), null);
    });

    it("answers another tenant as if there were no such session", async () => {
      await using bench = await openBench(open);
      const { sessionId } = await makeOpen(bench);
      const where = { tenantId: "other", sessionId };
      assert.equal(await bench.store.readCaptureSession(where), null);
      assert.equal(await bench.store.agreeToCapture(where), false);
      assert.equal(await bench.store.countCaptureTry({ ...where, problem: "x", counted: true }), null);
      assert.equal(await bench.store.endCaptureSession({ ...where, status: "closed", reason: null }), false);
      assert.equal(await bench.store.handOverCaptureSession({ ...where, secretHash: "mine" }), false);
    });

    it("erases sessions and pictures of the customer, and what operators were told of them", async () => {
      await using bench = await openBench(open);
      const session = await makeOpen(bench);
      await decide(bench, { ref: ANN, captureSessionId: session.sessionId, picture: marks("p") });
      const counts = await bench.store.eraseCustomer({ ...ANN, receiptId: newId(), audit: AUDIT });
      assert.deepEqual([counts["captures"], counts["seenPictures"]], [1, 1]);
      assert.equal(await statusOf(bench, session), null);
      const { items } = await bench.store.listOperatorEvents({ tenantId: TENANT, ...ALL });
      assert.ok(items.every((one) => one.body === null));
    });

    it("forgets sessions and pictures that are past their days", async () => {
      await using bench = await openBench(open);
      const session = await makeOpen(bench);
      await decide(bench, { ref: ANN, captureSessionId: session.sessionId, picture: marks("p") });
      bench.advance(1000);
      await bench.store.sweep({ tenantId: TENANT, olderThanMs: 1000, after: null, limit: 10 });
      assert.notEqual(await statusOf(bench, session), null);
      bench.advance(1);
      await bench.store.sweep({ tenantId: TENANT, olderThanMs: 1000, after: null, limit: 10 });
      assert.equal(await statusOf(bench, session), null);
      const seen = await bench.store.findSeenPicture({ tenantId: TENANT, ...marks("p") });
      assert.equal(seen.sameBytes, false);
    });

    it("knows a picture again by its bytes, and by three of four bands as one that looks alike", async () => {
      await using bench = await openBench(open);
      await decide(bench, { ref: ANN, picture: marks("p", ["a", "b", "c", "d"]) });
      const find = async (digest: string, bands: PictureMarks["bands"], tenantId = TENANT) => {
        const { sameBytes, alike } = await bench.store.findSeenPicture({ tenantId, digest, bands });
        return [sameBytes, alike];
      };
      assert.deepEqual(await find("p", null), [true, false]);
      assert.deepEqual(await find("q", ["a", "b", "c", "x"]), [false, true]);
      assert.deepEqual(await find("q", ["a", "b", "y", "x"]), [false, false]);
      assert.deepEqual(await find("q", ["d", "c", "b", "a"]), [false, false]);
      assert.deepEqual(await find("p", ["a", "b", "c", "d"], "other"), [false, false]);
    });

    it("does not decide twice on the same bytes as new, and leaves the capture open to be judged again", async () => {
      await using bench = await openBench(open);
      const readRevision = await enrol(bench, ANN);
      const [one, two] = [await makeOpen(bench), await makeOpen(bench)];
      const decision = (session: CaptureSession, fresh: boolean) =>
        newDecision(ANN, { readRevision, captureSessionId: session.sessionId, picture: { ...marks("p"), fresh } });
      assert.equal((await bench.store.recordDecision(decision(one, true))).kind, "recorded");
      assert.equal((await bench.store.recordDecision(decision(two, true))).kind, "customerChanged");
      assert.deepEqual(await statusOf(bench, two), ["open", null]);
      assert.equal((await bench.store.recordDecision(decision(two, false))).kind, "recorded");
    });
  });
}
