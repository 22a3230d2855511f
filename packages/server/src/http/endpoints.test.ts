import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { SAMPLES } from "@sameface/contract";
import { DEFAULT_POLICY } from "../api/index.ts";
import { startTestServer, type TestServer } from "./test-server.fixture.ts";

const URL_OF_HOOK = "http://127.0.0.1:4999/hook";

describe("the API of endpoints, events and deliveries", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
    await server.enrol("anna", { face: "anna" });
  });
  after(async () => {
    await server.close();
  });

  const post = async (path: string, body?: unknown) =>
    await server.call(path, { method: "POST", ...(body === undefined ? {} : { body }) });
  const make = async (more: object = {}): Promise<string> => {
    const made = await post("/v1/endpoints", { url: URL_OF_HOOK, ...more });
    assert.equal(made.status, 201, made.text);
    return String(made.body["id"]);
  };

  it("shows the secret once, the public key always, the own headers never", async () => {
    const made = await post("/v1/endpoints", { url: URL_OF_HOOK, headers: { "X-Token": "hidden-value" } });
    assert.match(String(made.body["secret"]), /^whsec_/);
    assert.match(String(made.body["publicKey"]), /^whpk_/);
    const read = await server.call(`/v1/endpoints/${String(made.body["id"])}`);
    assert.equal(read.body["publicKey"], made.body["publicKey"]);
    const list = await server.call("/v1/endpoints?limit=500");
    for (const { text } of [read, list]) {
      assert.ok(!text.includes(String(made.body["secret"])));
      assert.ok(!text.includes("hidden-value"));
    }
  });

  it("answers 400 with the canonical form for a URL that is refused, naming the setting that would allow it", async () => {
    const answer = await post("/v1/endpoints", { url: "https://0x7f.1/" });
    assert.deepEqual(
      [answer.status, answer.body["code"], answer.body["canonical"]],
      [400, "refusedUrl", "https://127.0.0.1/"],
    );
    const inward = await post("/v1/endpoints", { url: "https://10.0.0.1/" });
    assert.match(String(inward.body["detail"]), /SAMEFACE_ALLOWED_PRIVATE_NETWORKS/);
    const header = await post("/v1/endpoints", { url: URL_OF_HOOK, headers: { "webhook-id": "x" } });
    assert.deepEqual([header.status, header.body["code"]], [400, "refusedHeader"]);
  });

  it("changes what is named and leaves the rest", async () => {
    const id = await make({ description: "first", outcomes: ["passed"] });
    const patch = async (body: unknown) => await server.call(`/v1/endpoints/${id}`, { method: "PATCH", body });
    const changed = await patch({ description: null, profile: "incode" });
    assert.deepEqual(
      [changed.body["description"], changed.body["profile"], changed.body["outcomes"], changed.body["url"]],
      [null, "incode", ["passed"], URL_OF_HOOK],
    );
    assert.equal((await patch({})).status, 400);
    assert.equal((await patch({ url: "ftp://x" })).body["code"], "refusedUrl");
    assert.equal((await patch({ enabled: false })).status, 400);
  });

  it("holds what waits while disabled, makes it due when enabled, skips it when deleted", async () => {
    const id = await make();
    const statusOf = async (): Promise<unknown> => {
      const { body } = await server.call(`/v1/deliveries?endpointId=${id}`);
      return (body["items"] as { status: string; reason: string | null }[]).map((one) => [one.status, one.reason]);
    };
    const disabled = await post(`/v1/endpoints/${id}/disable`);
    assert.deepEqual([disabled.body["enabled"], disabled.body["disabledReason"]], [false, "operator"]);
    await server.authenticate("anna", { face: "anna", shot: 1 });
    assert.deepEqual(await statusOf(), [["held", "operator"]]);
    assert.equal((await post(`/v1/endpoints/${id}/enable`)).body["enabled"], true);
    assert.deepEqual(await statusOf(), [["pending", null]]);
    assert.equal((await server.call(`/v1/endpoints/${id}`, { method: "DELETE" })).status, 204);
    assert.equal((await server.call(`/v1/endpoints/${id}`)).status, 404);
    assert.deepEqual(await statusOf(), [["skipped", "endpointDeleted"]]);
  });

  it("skips what an endpoint did not ask for, with the reason", async () => {
    const id = await make({ outcomes: ["spoof"] });
    await server.authenticate("anna", { face: "anna", shot: 2 });
    const { body } = await server.call(`/v1/deliveries?endpointId=${id}&status=skipped`);
    assert.deepEqual(
      (body["items"] as { reason: string }[]).map((one) => one.reason),
      ["filtered"],
    );
  });

  it("sends every sample as a test delivery, marked in its event id, outside the feed", async () => {
    const id = await make();
    for (const sample of Object.keys(SAMPLES)) {
      const sent = await post(`/v1/endpoints/${id}/test`, { sample });
      assert.equal(sent.status, 202, sent.text);
      assert.match(String(sent.body["eventId"]), /^test_[0-9a-f]{24}$/);
      assert.equal(sent.body["test"], true);
    }
    assert.equal((await post(`/v1/endpoints/${id}/test`, { sample: "nothing" })).status, 400);
    const feed = await server.call("/v1/events?limit=500");
    assert.ok(!feed.text.includes("test_"));
  });

  it("shows a delivery with its attempts, and retries by hand", async () => {
    const id = await make();
    const attempt = await server.authenticate("anna", { face: "anna", shot: 3 });
    const { body } = await server.call(`/v1/deliveries?endpointId=${id}&eventId=${String(attempt.body["eventId"])}`);
    const [delivery] = body["items"] as { id: string }[];
    assert.ok(delivery);
    const read = await server.call(`/v1/deliveries/${delivery.id}`);
    assert.deepEqual(read.body["attemptLog"], []);
    assert.equal((await post(`/v1/deliveries/${delivery.id}/retry`)).status, 200);
    const [claimed] = await server.store.claimDeliveries({ limit: 500, perEndpoint: 500, leaseMs: 60_000 });
    assert.ok(claimed);
    const busy = await post(`/v1/deliveries/${delivery.id}/retry`);
    assert.deepEqual([busy.status, busy.body["code"]], [409, "inFlight"]);
    assert.equal((await post(`/v1/deliveries/${"0".repeat(24)}/retry`)).status, 404);
  });

  it("feeds events oldest first, lets a reader come back, and leaves only the id after an erasure", async () => {
    const fresh = await startTestServer();
    try {
      await fresh.enrol("bert", { face: "bert" });
      await fresh.authenticate("bert", { face: "bert", shot: 1 });
      await fresh.authenticate("nobody", { face: "x" });
      const first = await fresh.call("/v1/events?limit=1");
      const rest = await fresh.call(`/v1/events?after=${String(first.body["next"])}`);
      const outcomes = [first, rest].flatMap(({ body }) =>
        (body["items"] as { outcome: string }[]).map((one) => one.outcome),
      );
      assert.deepEqual(outcomes, ["passed", "unknown-customer"]);
      const end = String(rest.body["next"]);
      assert.deepEqual((await fresh.call(`/v1/events?after=${end}`)).body, { items: [], next: null });
      await fresh.authenticate("bert", { face: "other", shot: 2 });
      const later = await fresh.call(`/v1/events?after=${end}`);
      assert.equal((later.body["items"] as unknown[]).length, 1);
      await fresh.call("/v1/customers/bert", { method: "DELETE" });
      const feed = await fresh.call("/v1/events");
      const items = feed.body["items"] as Record<string, unknown>[];
      assert.deepEqual(
        items.map((one) => one["erased"] ?? false),
        [true, false, true],
      );
      assert.deepEqual(Object.keys(items[0] ?? {}), ["id", "erased"]);
      assert.ok(!feed.text.includes("bert"));
    } finally {
      await fresh.close();
    }
  });

  it("changes only what the policy call names: what is left out stays, what is unknown is refused", async () => {
    const put = async (body: unknown) => await server.call("/v1/policy", { method: "PUT", body });
    const set = await put({ thresholds: { match: 0.62 }, checks: { lenses: "off" } });
    assert.deepEqual(set.body, {
      thresholds: { match: 0.62 },
      checks: { lenses: "off", headCover: "flag" },
      liveness: { threshold: 0.3 },
      secondFactor: false,
      lockout: DEFAULT_POLICY.lockout,
      capture: DEFAULT_POLICY.capture,
      replayedPictures: "captures",
      retention: { pictureDays: 0 },
    });
    const got = (await server.call("/v1/policy")).body;
    const { stated, ...read } = got;
    assert.deepEqual(read, set.body);
    assert.deepEqual((await put(got)).body, set.body, "what GET answers is taken back");
    // The tests' engine is not the one that was evaluated: nothing is stated of it.
    assert.match(JSON.stringify(stated), /"falseMatchRate":null,"falseMatchRateUpTo":null,"falseNonMatchRate":null/);
    const wrong = [
      { checks: { mask: "off" } },
      { thresholds: { match: 0.1 } },
      { thresholds: { match: "lax" } },
      { liveness: { threshold: 0 } },
      { liveness: "off" },
      { lockout: { waitSeconds: 0 } },
    ];
    for (const body of wrong) assert.equal((await put(body)).status, 400, JSON.stringify(body));
    const later = await put({ secondFactor: true, thresholds: { match: "strict" } });
    assert.deepEqual(later.body, {
      thresholds: { match: "strict" },
      checks: { lenses: "off", headCover: "flag" },
      liveness: { threshold: 0.3 },
      secondFactor: true,
      lockout: DEFAULT_POLICY.lockout,
      capture: DEFAULT_POLICY.capture,
      replayedPictures: "captures",
      retention: { pictureDays: 0 },
    });
    assert.deepEqual((await put({})).body, later.body);
  });
});
