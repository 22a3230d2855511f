import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { StoreError } from "../store/store-error.ts";
import { picture } from "./scripted-engine.fixture.ts";
import { startTestServer, type TestServer } from "./test-server.fixture.ts";

describe("Idempotency-Key", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
    await server.enrol("anna", { face: "anna" });
  });
  after(async () => {
    await server.close();
  });

  const withKey = (key: string) => ({ headers: { "idempotency-key": key } });
  const attempts = async (customerId: string): Promise<number> =>
    ((await server.call(`/v1/authentications?limit=500&customerId=${customerId}`)).body["items"] as unknown[]).length;

  it("decides once for 50 concurrent submits, answers the others with 409 or the same bytes, and the same later", async () => {
    await server.enrol("fifty", { face: "fifty" });
    const go = server.engine.hold();
    const calls = Array.from({ length: 50 }, async () => {
      return await server.authenticate("fifty", { face: "fifty", shot: 1 }, withKey("fifty"));
    });
    go();
    const answers = await Promise.all(calls);
    const done = answers.filter((one) => one.status === 200);
    assert.ok(done.length >= 1);
    assert.ok(answers.every((one) => one.status === 200 || one.status === 409));
    assert.equal(new Set(done.map((one) => one.text)).size, 1);
    for (const { body } of answers.filter((one) => one.status === 409)) assert.equal(body["code"], "stillRunning");
    const later = await server.authenticate("fifty", { face: "fifty", shot: 1 }, withKey("fifty"));
    assert.equal(later.text, done[0]?.text);
    assert.equal(later.headers.get("idempotency-replayed"), "true");
    assert.equal(await attempts("fifty"), 1);
  });

  it("answers 409 while the first still runs", async () => {
    const go = server.engine.hold();
    const first = server.authenticate("anna", { face: "anna", shot: 2 }, withKey("running"));
    const seen = server.engine.inspected();
    while (server.engine.inspected() === seen) await server.call("/healthz");
    const second = await server.authenticate("anna", { face: "anna", shot: 2 }, withKey("running"));
    assert.deepEqual([second.status, second.body["code"]], [409, "stillRunning"]);
    go();
    assert.equal((await first).status, 200);
  });

  it("answers 422 for the key with another body, and makes no event", async () => {
    await server.enrol("reuse", { face: "reuse" });
    await server.authenticate("reuse", { face: "reuse", shot: 1 }, withKey("reuse"));
    const other = await server.authenticate("reuse", { face: "reuse", shot: 2 }, withKey("reuse"));
    assert.deepEqual([other.status, other.body["code"]], [422, "idempotencyKeyReused"]);
    const source = await server.authenticate(
      "reuse",
      { face: "reuse", shot: 1 },
      { ...withKey("reuse"), source: "10.0.0.1" },
    );
    assert.equal(source.status, 422);
    assert.equal(await attempts("reuse"), 1);
  });

  it("gives 422 and 500 again as they were, with the same authenticationId", async () => {
    for (const script of [{ problem: "no_face" }, { problem: "model_failure" }] as const) {
      const first = await server.authenticate("anna", script, withKey(script.problem));
      const second = await server.authenticate("anna", script, withKey(script.problem));
      assert.equal(second.text, first.text);
      assert.equal(second.status, first.status);
    }
  });

  it("takes the same attempt as multipart for the same request", async () => {
    const first = await server.authenticate("anna", { face: "anna", shot: 9 }, withKey("form"));
    const form = new FormData();
    form.set("customerId", "anna");
    form.set("image", new Blob([picture({ face: "anna", shot: 9 })]));
    const second = await server.call("/v1/authentications", { method: "POST", body: form, ...withKey("form") });
    assert.equal(second.text, first.text);
  });

  it("frees the key where nothing was decided: 503, then the same key decides", async () => {
    const busy = await server.authenticate("anna", { problem: "overloaded" }, withKey("free"));
    assert.equal(busy.status, 503);
    const next = await server.authenticate("anna", { face: "anna", shot: 4 }, withKey("free"));
    assert.equal(next.status, 200);
  });

  it("frees the key where the store refused the decision, and answers 503 without an event", async () => {
    let refuse = true;
    const broken = await startTestServer({
      over: (store) => ({
        recordDecision: async (decision) => {
          if (refuse) throw new StoreError("full", "as the test says");
          return await store.recordDecision(decision);
        },
      }),
    });
    try {
      await broken.enrol("anna", { face: "anna" });
      const first = await broken.authenticate("anna", { face: "anna", shot: 1 }, withKey("stored"));
      assert.deepEqual([first.status, first.body["code"]], [503, "storeUnavailable"]);
      assert.ok(first.headers.has("retry-after"));
      assert.deepEqual((await broken.call("/v1/events")).body["items"], []);
      refuse = false;
      assert.equal((await broken.authenticate("anna", { face: "anna", shot: 1 }, withKey("stored"))).status, 200);
    } finally {
      await broken.close();
    }
  });

  it("refuses a key that is no visible ASCII or too long", async () => {
    for (const key of ["a b", "x".repeat(256)]) {
      const answer = await server.authenticate("anna", { face: "anna", shot: 5 }, withKey(key));
      assert.equal(answer.status, 400);
    }
  });

  it("keeps the keys of two tenants apart", async () => {
    const tenant = await server.call("/v1/tenants", { method: "POST", body: { name: "other" } });
    const key = String(tenant.body["key"]);
    await server.authenticate("anna", { face: "anna", shot: 6 }, withKey("shared"));
    const other = await server.authenticate("anna", { face: "anna", shot: 7 }, { ...withKey("shared"), key });
    assert.equal(other.status, 200);
    assert.equal(other.body["outcome"], "unknown-customer");
  });
});

describe("a customer that changes during an authentication", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(async () => {
    await server.close();
  });

  const change = async (customerId: string, how: "block" | "erase"): Promise<void> => {
    const path = `/v1/customers/${customerId}`;
    const answer =
      how === "block"
        ? await server.call(`${path}/block`, { method: "PUT", body: { reason: "race" } })
        : await server.call(path, { method: "DELETE" });
    assert.equal(answer.status, 200);
  };

  for (const [how, outcome] of [
    ["block", "blocklisted"],
    ["erase", "unknown-customer"],
  ] as const) {
    it(`is decided again after a ${how} that came while the picture was inspected`, async () => {
      await server.enrol(how, { face: how });
      const go = server.engine.hold();
      const seen = server.engine.inspected();
      const running = server.authenticate(how, { face: how, shot: 1 });
      while (server.engine.inspected() === seen) await server.call("/healthz");
      await change(how, how);
      go();
      const answer = await running;
      assert.equal(answer.body["outcome"], outcome);
      assert.equal(server.engine.inspected(), seen + 1);
    });
  }

  it("is measured again where the policy has begun meanwhile to block a head cover, and declined", async () => {
    const setHeadCover = async (headCover: "off" | "flag" | "block"): Promise<void> => {
      await server.call("/v1/policy", { method: "PUT", body: { checks: { headCover } } });
    };
    await server.enrol("hat", { face: "hat" });
    await setHeadCover("off");
    const go = server.engine.hold();
    const seen = server.engine.inspected();
    const running = server.authenticate("hat", { face: "hat", shot: 1, checks: { headCover: true } });
    while (server.engine.inspected() === seen) await server.call("/healthz");
    await setHeadCover("block");
    await change("hat", "block");
    await server.call("/v1/customers/hat/block", { method: "DELETE" });
    go();
    const { body } = await running;
    await setHeadCover("flag");
    assert.deepEqual([body["outcome"], body["reason"]], ["declined", "headCover"]);
    assert.equal(server.engine.inspected(), seen + 2);
  });

  it("never passes after the block or erase call has returned, in 200 races", async () => {
    for (let race = 0; race < 200; race += 1) {
      const id = `race-${race}`;
      const how = race % 2 === 0 ? "block" : "erase";
      await server.enrol(id, { face: id });
      let changed = false;
      const changing = change(id, how).then(() => {
        changed = true;
      });
      const attempts = Array.from({ length: 3 }, async (_, shot) => {
        const startedAfter = changed;
        const answer = await server.authenticate(id, { face: id, shot });
        if (startedAfter) assert.notEqual(answer.body["outcome"], "passed");
      });
      await Promise.all([changing, ...attempts]);
      const after = await server.authenticate(id, { face: id, shot: 99 });
      assert.notEqual(after.body["outcome"], "passed");
    }
  });

  it("answers 503 without an event when it changes at every decision", async () => {
    const changing = await startTestServer({
      over: () => ({ recordDecision: async () => await Promise.resolve({ kind: "customerChanged" }) }),
    });
    try {
      await changing.enrol("anna", { face: "anna" });
      const answer = await changing.authenticate("anna", { face: "anna", shot: 1 });
      assert.equal(answer.status, 503);
      assert.equal(changing.engine.inspected(), 2);
    } finally {
      await changing.close();
    }
  });
});
