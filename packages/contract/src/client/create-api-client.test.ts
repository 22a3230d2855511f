import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ContractError } from "../contract-error.ts";
import { createApiClient } from "./create-api-client.ts";

interface Asked {
  readonly url: string;
  readonly init: RequestInit;
}

/** A client whose requests are kept, and answered with this. */
function asking(answer: { status?: number; type?: string; body?: string } = {}) {
  const asked: Asked[] = [];
  const { status = 200, type = "application/json", body = "{}" } = answer;
  const client = createApiClient({
    url: "https://face.example/",
    key: "sk",
    fetch: (url, init) => {
      asked.push({ url, init });
      return Promise.resolve(new Response(status === 204 ? null : body, { status, headers: { "content-type": type } }));
    },
  });
  return { client, asked };
}

describe("createApiClient", () => {
  it("puts parameters into path and query by the document, and the key into its header", async () => {
    const { client, asked } = asking();
    await client.readCustomer({ customerId: "a/ä" });
    await client.listDeliveries({ endpointId: "e1", after: "x&y" });
    await client.readPolicy();
    assert.deepEqual(
      asked.map(({ url }) => url.replace("https://face.example", "")),
      ["/v1/customers/a%2F%C3%A4", "/v1/deliveries?endpointId=e1&after=x%26y", "/v1/policy"],
    );
    assert.deepEqual(asked[2]?.init, { method: "GET", headers: { authorization: "Bearer sk" } });
  });

  it("leaves out a query parameter that is undefined", async () => {
    const { client, asked } = asking();
    // A program without exactOptionalPropertyTypes may well hand one in.
    await client.listEvents({ after: undefined } as unknown as { after?: string });
    assert.equal(asked[0]?.url, "https://face.example/v1/events");
  });

  it("sends JSON, with an idempotency key and a signal where they are given", async () => {
    const { client, asked } = asking();
    const { signal } = new AbortController();
    await client.authenticate({ body: { customerId: "anna", image: "AA==" }, idempotencyKey: "k1" }, { signal });
    const headers = { authorization: "Bearer sk", "content-type": "application/json", "idempotency-key": "k1" };
    const body = '{"customerId":"anna","image":"AA=="}';
    assert.deepEqual(asked[0]?.init, { method: "POST", headers, body, signal });
  });

  it("sends a form as it is, so that fetch names its boundary", async () => {
    const { client, asked } = asking({ status: 201 });
    const body = new FormData();
    await client.createCustomer({ body });
    assert.equal(asked[0]?.init.body, body);
    assert.deepEqual(asked[0].init.headers, { authorization: "Bearer sk" });
  });

  it("sends and answers lines as text", async () => {
    const { client, asked } = asking({ type: "application/x-ndjson", body: '{"line":1}\n' });
    const answer = await client.enrolCustomers({ body: '{"customerId":"anna"}\n' });
    assert.deepEqual(answer, { ok: true, status: 200, body: '{"line":1}\n' });
    assert.equal(asked[0]?.init.body, '{"customerId":"anna"}\n');
    assert.equal(new Headers(asked[0].init.headers).get("content-type"), "application/x-ndjson");
  });

  it("answers null where there is no body", async () => {
    const { client } = asking({ status: 204 });
    assert.deepEqual(await client.revokeKey({ id: "k" }), { ok: true, status: 204, body: null });
  });

  it("answers a problem as a value, whose codes follow from the status", async () => {
    const { client } = asking({ status: 404, type: "application/problem+json", body: '{"code":"unknownCustomer"}' });
    const answer = await client.readCustomer({ customerId: "nobody" });
    assert.ok(!answer.ok && answer.status === 404);
    // Does not compile when the document loses the code.
    const code: "unknownCustomer" = answer.problem.code;
    assert.equal(code, "unknownCustomer");
  });

  it("sends no key where it has none, and takes the runtime's own fetch", async (t) => {
    const seen: unknown[] = [];
    t.mock.method(globalThis, "fetch", (_url: string, init: RequestInit) => {
      seen.push(init.headers);
      return Promise.resolve(new Response("{}", { headers: { "content-type": "application/json; charset=utf-8" } }));
    });
    assert.deepEqual(await createApiClient({ url: "http://face.example" }).live(), { ok: true, status: 200, body: {} });
    assert.deepEqual(seen, [{}]);
  });

  it("rejects with not_the_api for what is no URL and for an answer that is not JSON", async () => {
    const { client } = asking({ status: 502, type: "text/html", body: "<h1>Bad Gateway" });
    const isOurs = (error: unknown): boolean => error instanceof ContractError && error.code === "not_the_api";
    assert.throws(() => createApiClient({ url: "face.example" }), isOurs);
    await assert.rejects(client.readPolicy(), isOurs);
    // Nobody types a header: what came without one is text.
    const bare = createApiClient({ url: "http://face.example", fetch: () => Promise.resolve(new Response(null)) });
    assert.deepEqual(await bare.live(), { ok: true, status: 200, body: null });
  });
});
