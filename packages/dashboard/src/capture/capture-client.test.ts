import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createCaptureClient } from "./capture-client.ts";

/** What was asked, and answers in turn. */
function scripted(...answers: readonly (Response | Error)[]): {
  readonly asked: (readonly [string, RequestInit | undefined])[];
  readonly fetch: typeof globalThis.fetch;
} {
  const asked: (readonly [string, RequestInit | undefined])[] = [];
  const fetch = async (url: unknown, init?: RequestInit): Promise<Response> => {
    const answer = answers[asked.length];
    asked.push([String(url), init]);
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error("no answer");
    return await Promise.resolve(answer);
  };
  return { asked, fetch };
}

const json = (status: number, body: unknown): Response => new Response(JSON.stringify(body), { status });

describe("the calls of the capture page", () => {
  it("tell an answer, a refusal by its code, and that nothing came", async () => {
    const { fetch } = scripted(
      json(200, { state: "open" }),
      json(409, { code: "captureUsed" }),
      json(500, 7),
      new Error(),
    );
    const client = createCaptureClient("id", fetch);
    assert.deepEqual(await client.view(), { kind: "ok", body: { state: "open" } });
    assert.deepEqual(await client.open("s"), { kind: "refused", code: "captureUsed" });
    assert.deepEqual(await client.begin("camera"), { kind: "refused", code: "unknown" });
    assert.deepEqual(await client.handOver(), { kind: "offline" });
  });

  it("send the secret in a body, never in a URL, and a frame as a form", async () => {
    const { asked, fetch } = scripted(json(200, {}), json(200, {}));
    const client = createCaptureClient("a/b", fetch);
    await client.open("secret");
    await client.frame({ image: new Blob(["x"]), nonce: "n", number: 3 });
    const [open, frame] = asked;
    assert.deepEqual([open?.[0], open?.[1]?.body], ["/capture/sessions/a%2Fb/open", '{"secret":"secret"}']);
    const form = frame?.[1]?.body;
    assert.ok(form instanceof FormData);
    assert.deepEqual([form.get("nonce"), form.get("number")], ["n", "3"]);
  });

  it("take no body for done, and do not wait where the page goes away", async () => {
    const { asked, fetch } = scripted(
      new Response(null, { status: 204 }),
      new Response(null, { status: 204 }),
      new Response(null, { status: 204 }),
    );
    const client = createCaptureClient("id", fetch);
    assert.deepEqual(await client.agree(), { kind: "ok", body: null });
    assert.deepEqual(await client.close("cancelled"), { kind: "ok", body: null });
    client.leave();
    assert.equal(asked.at(-1)?.[1]?.keepalive, true);
    assert.equal((await client.problem("cameraBusy")).kind, "offline");
    client.leave();
  });
});
