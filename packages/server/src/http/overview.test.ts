import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startTestServer, type TestServer } from "./test-server.fixture.ts";

async function withServer(): Promise<TestServer & AsyncDisposable> {
  const server = await startTestServer();
  return {
    ...server,
    [Symbol.asyncDispose]: async () => {
      await server.close();
    },
  };
}

describe("the API of the overview", () => {
  it("tells what was decided, how long it took, what waits and where it goes", async () => {
    await using server = await withServer();
    const empty = (await server.call("/v1/overview")).body;
    assert.deepEqual([empty["hours"], empty["times"], empty["silence"]], [[], null, null]);
    await server.call("/v1/endpoints", { method: "POST", body: { url: "http://127.0.0.1:4999/hook" } });
    await server.enrol("anna", { face: "anna" });
    for (const face of ["anna", "bert"]) await server.authenticate("anna", { face, shot: 1 });
    await server.store.watchRhythms();
    const { body } = await server.call("/v1/overview");
    assert.deepEqual((body["hours"] as { outcomes: object }[])[0]?.outcomes, { passed: 1, "not-recognized": 1 });
    assert.deepEqual(body["waiting"], { pending: 2, inFlight: 0, failing: 0, held: 0, dead: 0 });
    const { count, p50Ms, p95Ms } = body["times"] as { count: number; p50Ms: number; p95Ms: number };
    assert.equal(count, 2);
    assert.ok(p50Ms > 0 && p50Ms <= p95Ms);
    assert.equal((body["silence"] as { told: boolean }).told, false);
    const wrong = await server.call("/v1/overview?from=2027-01-01T00:00:00Z&to=2026-01-01T00:00:00Z");
    assert.equal(wrong.body["code"], "validation");
  });

  it("leads from a span of the chart to the authentications of it, and from one of them to its exact bytes", async () => {
    await using server = await withServer();
    await server.authenticate("nobody", {});
    const listed = async (query: string) =>
      (await server.call(`/v1/authentications?${query}`)).body["items"] as object[];
    assert.equal((await listed("from=2020-01-01T00:00:00Z")).length, 1);
    assert.equal((await listed("to=2020-01-01T00:00:00Z")).length, 0);
    assert.equal((await server.call("/v1/authentications?from=2020-13-01T00:00:00Z")).body["code"], "validation");
    const [first] = (await listed("outcome=unknown-customer")) as { id: string; eventId: string }[];
    const { body } = await server.call(`/v1/authentications/${first?.id ?? ""}`);
    const stored = await server.store.readEvent({ tenantId: "default", eventId: first?.eventId ?? "" });
    assert.equal(body["body"], new TextDecoder().decode(stored?.body ?? new Uint8Array()));
    assert.ok((body["timings"] as { total: number }).total > 0);
  });

  it("tells who follows of each event, and ends with the server", async () => {
    const server = await startTestServer();
    const response = await fetch(`${server.url}/v1/live`, { headers: { authorization: `Bearer ${server.key}` } });
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    assert.ok(reader !== undefined);
    let heard = "";
    const until = async (text: RegExp): Promise<void> => {
      while (!text.test(heard)) heard += (await reader.read()).value ?? "";
    };
    await until(/event: pulse\ndata: 0\.0\n\n/);
    await server.authenticate("nobody", {});
    await until(/event: pulse\ndata: 1\.0\n\n/);
    await server.close();
    while (!(await reader.read()).done);
  });

  it("lets a hundred follow, and tells the next one when to come again", async () => {
    await using server = await withServer();
    const ended = new AbortController();
    const follow = async () =>
      await fetch(`${server.url}/v1/live`, {
        headers: { authorization: `Bearer ${server.key}` },
        signal: ended.signal,
      });
    const followers = await Promise.all(Array.from({ length: 100 }, follow));
    assert.deepEqual(new Set(followers.map((one) => one.status)), new Set([200]));
    const refused = await follow();
    assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "60"]);
    ended.abort();
  });
});
