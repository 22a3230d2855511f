import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startTestServer, type TestServer } from "./test-server.fixture.ts";

describe("the API of replays", () => {
  let server: TestServer;
  let endpointId: string;
  before(async () => {
    server = await startTestServer();
    await server.enrol("anna", { face: "anna" });
    await server.authenticate("anna", { face: "anna" });
    const made = await server.call("/v1/endpoints", { method: "POST", body: { url: "http://127.0.0.1:4999/hook" } });
    endpointId = String(made.body["id"]);
  });
  after(async () => {
    await server.close();
  });

  const post = async (more: object = {}) =>
    await server.call("/v1/replays", {
      method: "POST",
      body: { endpointId, since: "2020-01-01T00:00:00Z", which: "missing", ...more },
    });

  it("makes a replay, tells its progress, lists it, and makes what was missing due", async () => {
    const preview = await server.call("/v1/replays/preview", {
      method: "POST",
      body: { endpointId, since: "2020-01-01T00:00:00Z", which: "missing" },
    });
    assert.deepEqual(preview.body, { events: 1, deliveries: 1, whole: true }, preview.text);
    const made = await post();
    assert.equal(made.status, 201, made.text);
    assert.deepEqual(
      [made.body["status"], made.body["perSecond"], made.body["progress"]],
      ["running", 100, { total: 1, done: 0, queued: 0 }],
    );
    await server.store.advanceReplay();
    const path = `/v1/replays/${String(made.body["id"])}`;
    const read = await server.call(path);
    assert.deepEqual([read.body["status"], read.body["progress"]], ["finished", { total: 1, done: 1, queued: 1 }]);
    const deliveries = await server.call(`/v1/deliveries?endpointId=${endpointId}&status=pending`);
    assert.equal((deliveries.body["items"] as unknown[]).length, 1);
    assert.deepEqual((await server.call("/v1/replays")).body["items"], [read.body]);
    const ended = await server.call(path, { method: "DELETE" });
    assert.deepEqual(ended.body, read.body, "it has ended before");
    const told = await server.call("/v1/operator-events");
    const types = (told.body["items"] as Record<string, unknown>[]).map((one) => one["type"]);
    assert.deepEqual(types, ["replay.finished"]);
  });

  it("cancels one that runs, and both are in the audit", async () => {
    const made = await post();
    const id = String(made.body["id"]);
    const cancelled = await server.call(`/v1/replays/${id}`, { method: "DELETE" });
    assert.equal(cancelled.body["status"], "cancelled");
    const audit = await server.store.listAudit({ tenantId: "default", after: null, limit: 500 });
    const actions = audit.items.filter((one) => one.target === `replay:${id}`).map((one) => one.action);
    assert.deepEqual(actions, ["replay.created", "replay.cancelled"]);
  });

  it("refuses an endpoint that is not there or disabled, a time that is none, and an end before the start", async () => {
    const codeOf = async (more: object): Promise<unknown> => (await post(more)).body["code"];
    assert.equal(await codeOf({ endpointId: "0".repeat(24) }), "endpointUnavailable");
    assert.equal(await codeOf({ since: "2020-99-01T00:00:00Z" }), "validation");
    assert.equal(await codeOf({ until: "2019-01-01T00:00:00Z" }), "validation");
    assert.equal(await codeOf({ which: "some" }), "validation");
    assert.equal(await codeOf({ perSecond: 0 }), "validation");
    const previewOf = async (more: object): Promise<unknown> => {
      const body = { endpointId, since: "2020-01-01T00:00:00Z", which: "all", ...more };
      return (await server.call("/v1/replays/preview", { method: "POST", body })).body["code"];
    };
    assert.equal(await previewOf({ endpointId: "0".repeat(24) }), "endpointUnavailable");
    assert.equal(await previewOf({ until: "2019-01-01T00:00:00Z" }), "validation");
    await server.call(`/v1/endpoints/${endpointId}/disable`, { method: "POST" });
    assert.equal(await codeOf({}), "endpointUnavailable");
    assert.equal((await server.call(`/v1/replays/${"0".repeat(24)}`)).status, 404);
    assert.equal((await server.call(`/v1/replays/${"0".repeat(24)}`, { method: "DELETE" })).status, 404);
  });
});
