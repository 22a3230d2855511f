import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Compile } from "typebox/compile";
import { NO_TOOLS } from "../auth-tools.fixture.ts";
import { staticHeaders } from "./static-headers.ts";

describe("staticHeaders", () => {
  const settings = { kind: "headers", headers: { "X-Api-Key": "canary" } };

  it("sends the headers as they are, with lower-case names", async () => {
    const signIn = await staticHeaders.signIn(settings, NO_TOOLS);
    assert.deepEqual(signIn, { kind: "headers", headers: { "x-api-key": "canary" } });
    assert.equal(staticHeaders.refusal(settings), null);
    assert.deepEqual([staticHeaders.urls(settings), staticHeaders.renews], [[], false]);
  });

  it("refuses headers that are ours and values that break a line, and repeats no value", () => {
    for (const headers of [{ "webhook-id": "canary" }, { host: "canary" }, { "x-a": "canary\r\nx-b: 1" }]) {
      const message = staticHeaders.refusal({ kind: "headers", headers });
      assert.ok(message !== null && !message.includes("canary"));
    }
  });

  it("takes no settings without a header", () => {
    const check = Compile(staticHeaders.settings);
    assert.ok(check.Check(settings));
    for (const wrong of [{ kind: "headers" }, { kind: "headers", headers: {} }, { ...settings, more: 1 }]) {
      assert.ok(!check.Check(wrong));
    }
  });
});
