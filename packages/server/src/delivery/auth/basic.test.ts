import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Compile } from "typebox/compile";
import { NO_TOOLS } from "../auth-tools.fixture.ts";
import { basic } from "./basic.ts";

describe("basic", () => {
  const settings = { kind: "basic", username: "anna", password: "pässword" };

  it("writes RFC 7617 credentials in UTF-8", async () => {
    const signIn = await basic.signIn(settings, NO_TOOLS);
    const authorization = `Basic ${Buffer.from("anna:pässword", "utf8").toString("base64")}`;
    assert.deepEqual(signIn, { kind: "headers", headers: { authorization } });
    assert.equal(basic.refusal(settings), null);
    assert.deepEqual([basic.urls(settings), basic.renews], [[], false]);
  });

  it("refuses a colon in the name and control characters, and repeats no value", () => {
    for (const wrong of [{ username: "ca:nary" }, { username: "canary\n" }, { password: "canary\u0000" }]) {
      const message = basic.refusal({ ...settings, ...wrong });
      assert.ok(message !== null && !message.includes("nary"));
    }
  });

  it("takes no settings with anything missing or more", () => {
    const check = Compile(basic.settings);
    assert.ok(check.Check(settings));
    for (const wrong of [{ kind: "basic" }, { ...settings, realm: "x" }, { ...settings, username: "" }]) {
      assert.ok(!check.Check(wrong));
    }
  });
});
