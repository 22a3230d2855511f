import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Compile } from "typebox/compile";
import { NO_TOOLS } from "../auth-tools.fixture.ts";
import type { SendResult } from "../send-result.ts";
import { createTokenMemory } from "../token-memory.ts";
import { oauth2 } from "./oauth2.ts";

const SETTINGS = { kind: "oauth2", tokenUrl: "https://id.example/token", clientId: "a b", clientSecret: "s:ä&" };

function replied(status: number, body: string): SendResult {
  const replyBody = new TextEncoder().encode(body);
  return { kind: "replied", status, acknowledged: status === 200, contentType: null, retryAfter: null, replyBody };
}

/** A token endpoint of these replies, one after the other, and what it was asked. */
function tokenEndpoint(replies: readonly SendResult[]) {
  const asked: { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: string }[] =
    [];
  const clock = { nowMs: 0 };
  const tools = {
    ...NO_TOOLS,
    tokens: createTokenMemory(),
    nowMs: () => clock.nowMs,
    post: async (request: { url: string; headers: Readonly<Record<string, string>>; body: Uint8Array }) => {
      asked.push({ ...request, body: new TextDecoder().decode(request.body) });
      const reply = replies[Math.min(asked.length, replies.length) - 1];
      assert.ok(reply !== undefined);
      return await Promise.resolve(reply);
    },
  };
  return { asked, tools, clock };
}

const bearer = (token: string) => ({ kind: "headers", headers: { authorization: `Bearer ${token}` } });

describe("oauth2", () => {
  it("asks form-encoded, with the client in Authorization: Basic, both parts form-encoded", async () => {
    const { asked, tools } = tokenEndpoint([replied(200, '{"access_token":"t1","expires_in":60}')]);
    assert.deepEqual(await oauth2.signIn({ ...SETTINGS, scope: "a b" }, tools), bearer("t1"));
    const [request] = asked;
    assert.equal(request?.url, SETTINGS.tokenUrl);
    assert.equal(request.body, "grant_type=client_credentials&scope=a+b");
    assert.equal(request.headers["content-type"], "application/x-www-form-urlencoded");
    const basic = Buffer.from(request.headers["authorization"]?.slice(6) ?? "", "base64").toString("latin1");
    assert.equal(basic, "a+b:s%3A%C3%A4%26");
  });

  it("keeps a token until shortly before its end, and five minutes where no end is told", async () => {
    const { asked, tools, clock } = tokenEndpoint([
      replied(200, '{"access_token":"t1","expires_in":600}'),
      replied(200, '{"access_token":"t2"}'),
      replied(200, '{"access_token":"t3","expires_in":10}'),
      replied(200, '{"access_token":"t4"}'),
    ]);
    const at = async (nowMs: number): Promise<unknown> => {
      clock.nowMs = nowMs;
      return await oauth2.signIn(SETTINGS, tools);
    };
    assert.deepEqual(await at(0), bearer("t1"));
    assert.deepEqual(await at(569_999), bearer("t1"));
    assert.deepEqual(await at(570_000), bearer("t2"));
    assert.deepEqual(await at(869_999), bearer("t2"));
    assert.deepEqual(await at(870_000), bearer("t3"));
    assert.deepEqual(await at(878_999), bearer("t3"));
    assert.deepEqual(await at(879_000), bearer("t4"));
    assert.equal(asked.length, 4);
  });

  it("fetches once for those who ask at the same time, and once more for a token that was refused", async () => {
    const { asked, tools } = tokenEndpoint([
      replied(200, '{"access_token":"t1","expires_in":600}'),
      replied(200, '{"access_token":"t2","expires_in":600}'),
    ]);
    const all = await Promise.all(Array.from({ length: 5 }, async () => await oauth2.signIn(SETTINGS, tools)));
    assert.deepEqual(
      all,
      Array.from({ length: 5 }, () => bearer("t1")),
    );
    assert.equal(asked.length, 1);
    const refused = { authorization: "Bearer t1" };
    const again = await Promise.all(
      Array.from({ length: 5 }, async () => await oauth2.signIn(SETTINGS, { ...tools, refused })),
    );
    assert.deepEqual(
      again,
      Array.from({ length: 5 }, () => bearer("t2")),
    );
    assert.equal(asked.length, 2);
    // Others who were refused the old one take the new one.
    assert.deepEqual(await oauth2.signIn(SETTINGS, { ...tools, refused }), bearer("t2"));
    assert.equal(asked.length, 2);
  });

  it("names an answer without a token, and remembers nothing of it", async () => {
    const wrong = [
      replied(401, '{"error":"invalid_client"}'),
      replied(201, '{"access_token":"t"}'),
      replied(200, "access_token=t"),
      replied(200, "[]"),
      replied(200, '{"token":"t"}'),
      replied(200, '{"access_token":7}'),
      replied(200, '{"access_token":""}'),
      replied(200, String.raw`{"access_token":"a\r\nx: y"}`),
      replied(200, `{"access_token":"${"t".repeat(8_001)}"}`),
    ];
    for (const reply of wrong) {
      const { tools, asked } = tokenEndpoint([reply, replied(200, '{"access_token":"good"}')]);
      assert.deepEqual(await oauth2.signIn(SETTINGS, tools), { kind: "failed", reason: "tokenRefused" });
      assert.deepEqual(await oauth2.signIn(SETTINGS, tools), bearer("good"));
      assert.equal(asked.length, 2);
    }
  });

  it("tells a token endpoint that could not be asked from one that refused, and a stop from both", async () => {
    const down = tokenEndpoint([{ kind: "failed", reason: "connectionRefused" }]);
    assert.deepEqual(await oauth2.signIn(SETTINGS, down.tools), { kind: "failed", reason: "tokenUnavailable" });
    const stopped = tokenEndpoint([{ kind: "failed", reason: "stopped" }]);
    assert.deepEqual(await oauth2.signIn(SETTINGS, stopped.tools), { kind: "failed", reason: "stopped" });
  });

  it("has its token URL judged, and takes no settings with anything missing or more", () => {
    assert.deepEqual(oauth2.urls(SETTINGS), [SETTINGS.tokenUrl]);
    assert.deepEqual([oauth2.refusal(SETTINGS), oauth2.renews], [null, true]);
    const check = Compile(oauth2.settings);
    assert.ok(check.Check(SETTINGS));
    const { kind, tokenUrl, clientId } = SETTINGS;
    for (const wrong of [
      { kind, tokenUrl, clientId },
      { ...SETTINGS, scope: "a\nb" },
      { ...SETTINGS, audience: "x" },
    ]) {
      assert.ok(!check.Check(wrong));
    }
  });
});
