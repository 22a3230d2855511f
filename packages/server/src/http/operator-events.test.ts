import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startTestServer } from "./test-server.fixture.ts";

describe("the API of operator events", () => {
  it("lists what operators should know, as a feed, and an endpoint that receives it is made for good", async () => {
    const server = await startTestServer();
    const post = async (path: string, body?: unknown) =>
      await server.call(path, { method: "POST", ...(body === undefined ? {} : { body }) });
    const empty = await server.call("/v1/operator-events");
    assert.deepEqual(empty.body, { items: [], next: null });
    const url = "http://127.0.0.1:4999/hook";
    const operator = await post("/v1/endpoints", { url, operator: true });
    const plain = await post("/v1/endpoints", { url });
    assert.deepEqual([operator.body["operator"], plain.body["operator"]], [true, false]);
    const patch = { method: "PATCH", body: { operator: false } };
    assert.equal((await server.call(`/v1/endpoints/${String(operator.body["id"])}`, patch)).status, 400);
    const endpointId = String(plain.body["id"]);
    await post(`/v1/endpoints/${endpointId}/disable`);
    const list = await server.call("/v1/operator-events");
    const [event] = list.body["items"] as Record<string, unknown>[];
    assert.deepEqual([event?.["type"], event?.["data"]], ["endpoint.disabled", { endpointId, reason: "operator" }]);
    const sent = await server.call(`/v1/deliveries?eventId=${String(event?.["id"])}`);
    const deliveries = (sent.body["items"] as Record<string, unknown>[]).map((one) => one["endpointId"]);
    assert.deepEqual(deliveries, [operator.body["id"]]);
    const more = await server.call(`/v1/operator-events?after=${String(list.body["next"])}`);
    assert.deepEqual(more.body, { items: [], next: null });
    assert.equal((await server.call("/v1/operator-events?after=x")).body["code"], "invalidCursor");
    await server.close();
  });
});
