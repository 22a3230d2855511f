import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Hono } from "hono";
import { createReceiver } from "../receive.ts";
import { SECRET, signed, testClock } from "../signed.fixture.ts";
import { honoHandler } from "./hono.ts";

describe("honoHandler", () => {
  it("answers 500 with the mend when something before it parsed the body", async () => {
    const app = new Hono();
    app.use(async (context, next) => {
      await context.req.json();
      await next();
    });
    app.post("/webhooks", honoHandler(createReceiver({ secrets: [SECRET], ...testClock() })));
    const { body, headers } = await signed();
    const response = await app.request("/webhooks", { method: "POST", headers, body: Buffer.from(body) });
    const { reason, mend } = (await response.json()) as Record<string, string>;
    assert.deepEqual([response.status, reason], [500, "parsed_body"]);
    assert.match(mend ?? "", /Hono/);
  });
});
