import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, beforeEach, describe, it } from "node:test";
import { DEFAULT_POLICY } from "../api/index.ts";
import { picture, type Script } from "./scripted-engine.fixture.ts";
import { startTestServer, type TestAnswer, type TestServer } from "./test-server.fixture.ts";

const PAYLOADS = new URL("../../../contract/payloads/", import.meta.url);

function goldenKeys(name: string): string[] {
  return Object.keys(JSON.parse(readFileSync(new URL(`${name}.json`, PAYLOADS), "utf8")) as object);
}

describe("POST /v1/authentications", () => {
  let server: TestServer;
  let shot = 0;
  before(async () => {
    server = await startTestServer();
    await server.enrol("anna", { face: "anna" });
    await server.enrol("bad", { face: "bad" });
    await server.call("/v1/customers/bad/block", { method: "PUT", body: { reason: "test" } });
  });
  beforeEach(async () => {
    shot += 1;
    await server.call("/v1/policy", { method: "PUT", body: DEFAULT_POLICY });
    await server.call("/v1/customers/anna/unlock", { method: "POST" });
  });
  after(async () => {
    await server.close();
  });

  const authenticate = async (customerId: string, script: Script): Promise<TestAnswer> =>
    await server.authenticate(customerId, { shot, ...script });
  const events = async (): Promise<number> => {
    let count = 0;
    let after = "";
    for (;;) {
      const { body } = await server.call(`/v1/events?limit=500${after}`);
      const items = body["items"] as unknown[];
      count += items.length;
      const next = body["next"];
      if (typeof next !== "string") return count;
      after = `&after=${next}`;
    }
  };

  const decided: readonly [outcome: string, golden: string, customerId: string, script: Script][] = [
    ["passed", "passed", "anna", { face: "anna" }],
    ["not-recognized", "not-recognized", "anna", { face: "bert" }],
    ["spoof", "spoof", "anna", { face: "anna", live: 0.1 }],
    ["unknown-customer", "unknown-customer", "nobody", { face: "anna" }],
    ["blocklisted", "blocklisted", "bad", { face: "bad" }],
    ["declined", "mask", "anna", { face: "anna", checks: { mask: true } }],
    ["declined", "lenses", "anna", { face: "anna", checks: { lenses: true } }],
  ];
  for (const [outcome, golden, customerId, script] of decided) {
    it(`answers 200 ${outcome} for ${golden}, one event, with the golden file's keys in their order`, async () => {
      const before = await events();
      const answer = await authenticate(customerId, script);
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.body["outcome"], outcome);
      assert.deepEqual(Object.keys(answer.body["notification"] as object), goldenKeys(golden));
      assert.equal(await events(), before + 1);
      const read = await server.call(`/v1/authentications/${String(answer.body["id"])}`);
      const event = read.body["event"] as { notification: unknown };
      assert.equal(JSON.stringify(event.notification), JSON.stringify(answer.body["notification"]));
    });
  }

  const unjudged: readonly [code: number, script: Script][] = [
    [9001, { problem: "no_face" }],
    [9002, { problem: "multiple_faces" }],
    [9003, { problem: "worker_crashed" }],
    [9004, { problem: "quality" }],
  ];
  for (const [code, script] of unjudged) {
    it(`answers 422 ${code} with authenticationId and hints, and makes one event`, async () => {
      const before = await events();
      const answer = await authenticate("anna", script);
      assert.equal(answer.status, 422);
      assert.equal(answer.body["code"], String(code));
      assert.equal(answer.body["errorCode"], code);
      assert.deepEqual(answer.body["hints"], ["more light"]);
      assert.equal(await events(), before + 1);
      const read = await server.call(`/v1/authentications/${String(answer.body["authenticationId"])}`);
      assert.equal(read.body["errorCode"], code);
      const event = read.body["event"] as { notification: Record<string, unknown> };
      assert.equal(event.notification["errorCode"], code);
      assert.equal(event.notification["transactionId"], read.body["transactionId"]);
    });
  }

  const failing: readonly [reason: string, script: Script][] = [
    ["a failed model", { problem: "model_failure" }],
    ["a missing liveness", { live: null }],
    ["a failed check", { checks: { mask: "failed" } }],
    ["a template of zeros", { fill: 0 }],
    ["a template of NaN", { fill: "NaN" }],
    ["an engine that throws", { throws: "startFailed" }],
  ];
  for (const [reason, script] of failing) {
    it(`answers 500 with 9500 and an event for ${reason}, never PASS`, async () => {
      const before = await events();
      const answer = await authenticate("anna", { face: "anna", ...script });
      assert.equal(answer.status, 500, answer.text);
      assert.equal(answer.body["code"], "9500");
      assert.match(String(answer.body["authenticationId"]), /^[0-9a-f]{24}$/);
      assert.equal(await events(), before + 1);
    });
  }

  it("answers 500 with 9500 for a template row that was tampered with, and tells it in the log", async () => {
    await server.enrol("tampered", { face: "t" });
    const broken = await startTestServer({
      over: (store) => ({
        readCustomer: async (ref) => {
          const customer = await store.readCustomer(ref);
          if (customer === null) return null;
          const templates = customer.templates.map((one) => {
            const sealed = Uint8Array.from(one.sealed);
            sealed[100] = (sealed[100] ?? 0) ^ 1;
            return { ...one, sealed };
          });
          return { ...customer, templates };
        },
      }),
    });
    try {
      await broken.enrol("anna", { face: "anna" });
      const answer = await broken.authenticate("anna", { face: "anna", shot: 2 });
      assert.deepEqual([answer.status, answer.body["reason"]], [500, "templateUnreadable"]);
      assert.ok(
        broken.logLines.some((line) => line.includes('"level":"error"') && line.includes("templateUnreadable")),
      );
    } finally {
      await broken.close();
    }
  });

  const silent: readonly [status: number, code: string, script: Script][] = [
    [503, "overloaded", { problem: "overloaded" }],
    [503, "notReady", { throws: "closed" }],
  ];
  for (const [status, code, script] of silent) {
    it(`answers ${status} ${code} with Retry-After and makes no event`, async () => {
      const before = await events();
      const answer = await authenticate("anna", script);
      assert.deepEqual([answer.status, answer.body["code"]], [status, code]);
      assert.ok(Number(answer.headers.get("retry-after")) >= 1);
      assert.equal(await events(), before);
    });
  }

  it("answers 400 and stores nothing when the image is empty", async () => {
    const before = await events();
    const answer = await server.call("/v1/authentications", {
      method: "POST",
      body: { customerId: "anna", image: "" },
    });
    assert.deepEqual([answer.status, answer.body["code"]], [400, "emptyImage"]);
    assert.equal(await events(), before);
  });

  it("takes the enrolled picture itself for a spoof with certainty, reason replayed", async () => {
    const answer = await server.authenticate("anna", { face: "anna" });
    assert.deepEqual([answer.body["outcome"], answer.body["reason"]], ["spoof", "replayed"]);
    assert.equal((answer.body["notification"] as Record<string, unknown>)["spoofConfidence"], 1);
  });

  it("passes the best of several templates and names its enrolment", async () => {
    await server.enrol("two", { face: "left" });
    const body = { image: picture({ face: "right" }).toString("base64") };
    const added = await server.call("/v1/customers/two/templates", { method: "POST", body });
    const answer = await authenticate("two", { face: "right" });
    assert.equal(answer.body["outcome"], "passed");
    assert.equal((answer.body["notification"] as Record<string, unknown>)["interviewId"], added.body["interviewId"]);
  });

  it("follows the policy: lenses flagged are told with the pass, off is not looked at, a mask blocks always", async () => {
    const lenses = async (mode: string) => {
      await server.call("/v1/policy", { method: "PUT", body: { checks: { lenses: mode }, secondFactor: true } });
      const answer = await authenticate("anna", { face: "anna", checks: { lenses: true } });
      return { ...answer, notification: answer.body["notification"] as Record<string, unknown> };
    };
    const flagged = await lenses("flag");
    assert.deepEqual([flagged.body["outcome"], flagged.notification["hasLenses"]], ["passed", true]);
    assert.equal(flagged.notification["secondFactor"], true);
    const off = await lenses("off");
    assert.deepEqual([off.body["outcome"], off.notification["hasLenses"]], ["passed", false]);
    assert.equal((off.body["checks"] as Record<string, unknown>)["lenses"], "notEvaluated");
    assert.equal((await authenticate("anna", { face: "anna", checks: { mask: true } })).body["outcome"], "declined");
  });

  it("shows a check without a model as notEvaluated, and sends it as false", async () => {
    const answer = await authenticate("anna", { face: "anna" });
    assert.deepEqual(answer.body["checks"], {
      mask: "notEvaluated",
      lenses: "notEvaluated",
      headCover: "notEvaluated",
    });
    const notification = answer.body["notification"] as Record<string, unknown>;
    assert.deepEqual([notification["hasFaceMask"], notification["hasLenses"]], [false, false]);
  });

  it("declines a mask that hides the face, rather than to call the face unclear", async () => {
    const masked = await authenticate("anna", { face: "anna", checks: { mask: true }, problem: "quality" });
    assert.deepEqual([masked.body["outcome"], masked.body["reason"]], ["declined", null]);
    const unclear = await authenticate("anna", { face: "anna", checks: { mask: false }, problem: "quality" });
    assert.equal(unclear.status, 422);
    const small = await authenticate("anna", { face: "anna", checks: { mask: true }, problem: "face_too_small" });
    assert.equal(small.status, 422);
  });

  it("declines a head cover only where the policy blocks it, both flags false, the reason in the API", async () => {
    await server.call("/v1/policy", { method: "PUT", body: { checks: { headCover: "block" } } });
    const answer = await authenticate("anna", { face: "anna", checks: { headCover: true } });
    assert.deepEqual([answer.body["outcome"], answer.body["reason"]], ["declined", "headCover"]);
    const notification = answer.body["notification"] as Record<string, unknown>;
    assert.deepEqual([notification["hasFaceMask"], notification["hasLenses"]], [false, false]);
  });

  it("has the engine look for a head cover only where the policy does something about it", async () => {
    const lookedFor = async (mode: "block" | "flag" | "off") => {
      await server.call("/v1/policy", { method: "PUT", body: { checks: { headCover: mode } } });
      const { body } = await authenticate("anna", { face: "anna", checks: { headCover: true } });
      const judged = server.engine.lastAsked().headCover;
      await server.enrol(`hat-${mode}`, { face: mode });
      const enrolled = server.engine.lastAsked().headCover;
      return [judged, (body["checks"] as Record<string, unknown>)["headCover"], enrolled];
    };
    assert.deepEqual(await lookedFor("flag"), [true, true, false]);
    assert.deepEqual(await lookedFor("off"), [false, "notEvaluated", false]);
    assert.deepEqual(await lookedFor("block"), [true, true, true]);
  });

  it("tells the same of every non-match, however near: no score in any answer, event or log line", async () => {
    const answer = await authenticate("anna", { face: "bert" });
    const read = await server.call(`/v1/authentications/${String(answer.body["id"])}`);
    const feed = await server.call("/v1/events?limit=500");
    for (const text of [answer.text, read.text, ...server.logLines])
      assert.doesNotMatch(text, /similarity|"confidence":0\.\d/i);
    const items = feed.body["items"] as { notification: Record<string, unknown> }[];
    for (const { notification } of items.filter((one) => one.notification["overallStatus"] === "FAIL")) {
      assert.equal(notification["overallScore"], 0);
      const { confidence = 0 } = notification["recognitionConfidence"] as { confidence?: number };
      assert.equal(confidence, 0);
    }
  });

  it("lists attempts newest first, by customer and by outcome", async () => {
    await server.enrol("listed", { face: "listed" });
    await server.authenticate("listed", { face: "listed", shot: 1 });
    await server.authenticate("listed", { face: "other", shot: 2 });
    const list = async (query: string) =>
      ((await server.call(`/v1/authentications?customerId=listed${query}`)).body["items"] as { outcome: string }[]).map(
        (one) => one.outcome,
      );
    assert.deepEqual(await list(""), ["not-recognized", "passed"]);
    assert.deepEqual(await list("&outcome=passed"), ["passed"]);
    assert.equal((await server.call("/v1/authentications?outcome=PASS")).status, 400);
    assert.equal((await server.call(`/v1/authentications/${"0".repeat(24)}`)).status, 404);
  });

  it("confirms a passed transaction of this tenant alone, at both paths", async () => {
    const passed = await authenticate("anna", { face: "anna" });
    const failed = await authenticate("anna", { face: "bert" });
    const verify = async (path: string, body: unknown) =>
      (await server.call(path, { method: "POST", body })).body["verified"];
    const transactionId = passed.body["transactionId"];
    assert.equal(await verify("/v1/authentications/verify", { transactionId }), true);
    const vendor = { transactionId, token: "", interviewToken: null };
    assert.equal(await verify("/omni/authentication/verify", vendor), true);
    assert.equal(await verify("/v1/authentications/verify", { transactionId: failed.body["transactionId"] }), false);
    assert.equal(await verify("/v1/authentications/verify", { transactionId: "anything else" }), false);
    const unknown = await server.call("/v1/authentications/verify", { method: "POST", body: vendor });
    assert.equal(unknown.status, 400);
  });

  it("has a delivery for each endpoint that was due it, and shows it with the attempt", async () => {
    const made = await server.call("/v1/endpoints", { method: "POST", body: { url: "http://127.0.0.1:4999/hook" } });
    assert.equal(made.status, 201, made.text);
    const answer = await authenticate("anna", { face: "anna" });
    const read = await server.call(`/v1/authentications/${String(answer.body["id"])}`);
    const [delivery] = read.body["deliveries"] as { endpointId: string; eventId: string; status: string }[];
    assert.ok(delivery);
    assert.deepEqual([delivery.endpointId, delivery.eventId], [made.body["id"], answer.body["eventId"]]);
    assert.equal(delivery.status, "pending");
    await server.call(`/v1/endpoints/${String(made.body["id"])}`, { method: "DELETE" });
  });
});
