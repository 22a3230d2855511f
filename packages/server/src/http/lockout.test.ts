import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Clock, systemClock } from "../clock.ts";
import { startTestServer, type TestAnswer, type TestServer } from "./test-server.fixture.ts";

const WAIT_MS = 30_000;

describe("too many attempts (T7)", () => {
  let server: TestServer;
  let aheadMs = 0;
  let shot = 0;
  const clock: Clock = {
    ...systemClock,
    nowMs: () => systemClock.nowMs() + aheadMs,
    monotonicMs: () => systemClock.monotonicMs() + aheadMs,
  };
  before(async () => {
    server = await startTestServer({ clock });
  });
  after(async () => {
    await server.close();
  });

  const attempt = async (customerId: string, face: string, source?: string): Promise<TestAnswer> => {
    shot += 1;
    return await server.authenticate(customerId, { face, shot }, source === undefined ? {} : { source });
  };
  const fail = async (customerId: string, times: number): Promise<void> => {
    for (let count = 0; count < times; count += 1) {
      assert.equal((await attempt(customerId, "stranger")).body["outcome"], "not-recognized", `failure ${count + 1}`);
    }
  };
  const lockedEvents = async (customerId: string): Promise<number> => {
    const { body } = await server.call(`/v1/authentications?customerId=${customerId}&outcome=error&limit=500`);
    return (body["items"] as { errorCode?: number }[]).filter((one) => one.errorCode === 9005).length;
  };

  it("lets five failures through, then answers 429 with 9005 and Retry-After, with one event for the whole wait", async () => {
    await server.enrol("anna", { face: "anna" });
    await fail("anna", 5);
    const inspected = server.engine.inspected();
    const first = await attempt("anna", "anna");
    assert.deepEqual([first.status, first.body["code"], first.body["errorCode"]], [429, "9005", 9005]);
    assert.match(String(first.body["authenticationId"]), /^[0-9a-f]{24}$/);
    assert.ok(Number(first.headers.get("retry-after")) > 25 && Number(first.headers.get("retry-after")) <= 30);
    const second = await attempt("anna", "anna");
    assert.deepEqual([second.status, second.body["authenticationId"]], [429, undefined]);
    assert.equal(await lockedEvents("anna"), 1);
    assert.equal(server.engine.inspected(), inspected, "a picture was judged under the lock");
    const read = await server.call(`/v1/authentications/${String(first.body["authenticationId"])}`);
    const { notification } = read.body["event"] as { notification: Record<string, unknown> };
    assert.deepEqual([notification["errorCode"], "transactionId" in notification], [9005, false]);
  });

  it("judges again after the wait, waits anew after each further failure, and a pass ends it", async () => {
    assert.equal((await server.call("/v1/customers/anna")).body["lock"]?.["state" as never], "waiting");
    aheadMs += WAIT_MS;
    await fail("anna", 1);
    assert.equal((await attempt("anna", "anna")).status, 429);
    assert.equal(await lockedEvents("anna"), 2, "each wait has an event of its own");
    aheadMs += WAIT_MS;
    assert.equal((await attempt("anna", "anna")).body["outcome"], "passed");
    await fail("anna", 5);
    assert.equal((await attempt("anna", "anna")).status, 429);
  });

  it("stops at fifty failures until an operator unlocks, however long one waits", async () => {
    await server.enrol("bert", { face: "bert" });
    await fail("bert", 5);
    for (let failures = 5; failures < 50; failures += 1) {
      aheadMs += WAIT_MS;
      await fail("bert", 1);
    }
    aheadMs += 30 * 86_400_000;
    const stopped = await attempt("bert", "bert");
    assert.deepEqual([stopped.status, stopped.body["code"]], [429, "9005"]);
    aheadMs += 86_400_000;
    assert.equal((await attempt("bert", "bert")).body["authenticationId"], undefined, "one event for a stop");
    const shown = (await server.call("/v1/customers/bert")).body["lock"];
    assert.deepEqual(shown, { consecutiveFailures: 50, state: "stopped", until: null });
    const unlocked = await server.call("/v1/customers/bert/unlock", { method: "POST" });
    assert.deepEqual(unlocked.body["lock"], { consecutiveFailures: 0, state: "open", until: null });
    assert.equal((await attempt("bert", "bert")).body["outcome"], "passed");
  });

  it("counts unknown and blocked customers against the source alone, and unlocks a source by name", async () => {
    await server.enrol("carl", { face: "carl" });
    for (let count = 0; count < 5; count += 1) {
      assert.equal((await attempt(`nobody-${count}`, "x", "10.1.1.1")).body["outcome"], "unknown-customer");
    }
    const barred = await attempt("carl", "carl", "10.1.1.1");
    assert.deepEqual([barred.status, barred.body["errorCode"]], [429, 9005]);
    assert.equal((await attempt("carl", "carl", "10.1.1.2")).body["outcome"], "passed");
    const unlock = async (source: string) =>
      (await server.call("/v1/sources/unlock", { method: "POST", body: { source } })).status;
    assert.equal(await unlock("10.1.1.1"), 204);
    assert.equal(await unlock("10.1.1.1"), 404);
    assert.equal((await attempt("carl", "carl", "10.1.1.1")).body["outcome"], "passed");
  });

  it("lets no more than five of sixty attempts at once be judged", async () => {
    await server.enrol("dora", { face: "dora" });
    const release = server.engine.hold();
    const answers = Array.from({ length: 60 }, async () => await attempt("dora", "stranger"));
    while (server.engine.inspected() === 0) await server.store.ping();
    release();
    const statuses = (await Promise.all(answers)).map((one) => one.status);
    assert.deepEqual(
      [statuses.filter((one) => one === 200).length, statuses.filter((one) => one === 429).length],
      [5, 55],
    );
    assert.equal(await lockedEvents("dora"), 1);
  });

  it("frees the Idempotency-Key of an attempt that left no event, so that it can be sent again after the wait", async () => {
    await server.enrol("emil", { face: "emil" });
    await fail("emil", 5);
    await attempt("emil", "emil");
    const send = async () =>
      await server.authenticate("emil", { face: "emil", shot: -1 }, { headers: { "idempotency-key": "again" } });
    assert.equal((await send()).status, 429);
    aheadMs += WAIT_MS;
    assert.equal((await send()).body["outcome"], "passed");
  });

  it("takes a stricter lockout and refuses a laxer one", async () => {
    const put = async (lockout: unknown) =>
      (await server.call("/v1/policy", { method: "PUT", body: { lockout } })).status;
    for (const lax of [{ waitAfterFailures: 6 }, { waitSeconds: 29 }, { stopAfterFailures: 51 }, { off: true }]) {
      assert.equal(await put(lax), 400, JSON.stringify(lax));
    }
    assert.equal(await put({ waitAfterFailures: 2, waitSeconds: 60 }), 200);
    await server.enrol("fritz", { face: "fritz" });
    await fail("fritz", 2);
    aheadMs += WAIT_MS;
    assert.equal((await attempt("fritz", "fritz")).status, 429);
    aheadMs += WAIT_MS;
    assert.equal((await attempt("fritz", "fritz")).body["outcome"], "passed");
  });
});
