import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Clock } from "../clock.ts";
import { createRequestRate } from "./request-rate.ts";
import { startTestServer } from "./test-server.fixture.ts";

function handClock(): { clock: Clock; pass: (ms: number) => void } {
  let ms = 0;
  const pass = (by: number): void => {
    ms += by;
  };
  return { clock: { nowMs: () => ms, monotonicMs: () => ms, after: () => () => undefined }, pass };
}

describe("the rate of requests", () => {
  it("lets a full second through at once, then as many as come, and says when there is room again", () => {
    for (const perSecond of [1, 3, 7, 100]) {
      const { clock, pass } = handClock();
      const rate = createRequestRate({ clock, perSecond });
      for (let n = 0; n < perSecond; n += 1) assert.equal(rate.take("a"), 0, `${n} of ${perSecond}`);
      assert.equal(rate.take("a"), 1);
      assert.equal(rate.take("b"), 0, "another tenant has its own");
      pass(1_000 / perSecond);
      assert.equal(rate.take("a"), 0);
      assert.equal(rate.take("a"), 1);
      pass(10_000);
      for (let n = 0; n < perSecond; n += 1) assert.equal(rate.take("a"), 0, "a long rest is worth one second");
      assert.equal(rate.take("a"), 1);
    }
  });

  it("answers 429 with a code and Retry-After to the tenant that asks too much, and serves the others", async () => {
    const { clock, pass } = handClock();
    const server = await startTestServer({ rates: { tenant: createRequestRate({ clock, perSecond: 5 }) } });
    try {
      const made = await server.call("/v1/tenants", { method: "POST", body: { name: "greedy" } });
      const key = String(made.body["key"]);
      for (let n = 0; n < 5; n += 1) assert.equal((await server.call("/v1/policy", { key })).status, 200);
      for (const path of ["/v1/policy", "/v1/customers", "/v1/authentications"]) {
        const answer = await server.call(path, { key });
        assert.deepEqual([answer.status, answer.body["code"]], [429, "tooManyRequests"]);
        assert.equal(answer.headers.get("retry-after"), "1");
      }
      assert.equal((await server.call("/v1/policy")).status, 200);
      pass(1_000);
      assert.equal((await server.call("/v1/policy", { key })).status, 200);
    } finally {
      await server.close();
    }
  });

  it("answers 429 with a code and Retry-After to the key that asks too much, and serves the tenant's others", async () => {
    const { clock, pass } = handClock();
    const server = await startTestServer({ rates: { key: createRequestRate({ clock, perSecond: 6 }) } });
    try {
      const made = await server.call("/v1/keys", { method: "POST", body: { name: "greedy", scopes: ["events:read"] } });
      const key = String(made.body["key"]);
      for (let n = 0; n < 6; n += 1) assert.equal((await server.call("/v1/events", { key })).status, 200);
      const answer = await server.call("/v1/events", { key });
      assert.deepEqual([answer.status, answer.body["code"]], [429, "tooManyRequests"]);
      assert.equal(answer.headers.get("retry-after"), "1");
      assert.equal((await server.call("/v1/events")).status, 200);
      pass(1_000);
      assert.equal((await server.call("/v1/events", { key })).status, 200);
    } finally {
      await server.close();
    }
  });
});
