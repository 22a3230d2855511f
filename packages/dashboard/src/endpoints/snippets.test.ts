import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, it } from "node:test";
import { snippetsOf } from "./snippets.ts";

const ENDPOINT = { url: "https://shop.example/hooks/face?a=1", publicKey: "whpk_abc", profile: "standard" } as const;

describe("snippetsOf", () => {
  it("writes one for each adapter of the receiver", () => {
    const folder = new URL("../../../receiver/src/adapters/", import.meta.url);
    const adapters = readdirSync(folder).filter((file) =>
      /^(node|express|fastify|hono|next|fetch|lambda)\.ts$/.test(file),
    );
    const snippets = snippetsOf(ENDPOINT);
    assert.equal(snippets.length, 7);
    for (const file of adapters) {
      const from = `@sameface/receiver/${file.replace(".ts", "")}"`;
      assert.equal(snippets.filter(({ text }) => text.includes(from)).length, 1, file);
    }
  });

  it("fills in the path and the public key of the endpoint, and never a secret", () => {
    for (const { text, name } of snippetsOf(ENDPOINT)) {
      assert.ok(text.includes("/hooks/face") && !text.includes("?a=1"), name);
      assert.ok(text.includes('publicKeys: ["whpk_abc"]'), name);
      assert.ok(!text.includes("whsec_"), name);
    }
  });

  it("does without a public key, and says which rules the vendor's profile keeps", () => {
    const [first] = snippetsOf({ url: "stream:mine", publicKey: null, profile: "incode" });
    assert.ok(first !== undefined && !first.text.includes("publicKeys") && first.text.includes("/webhooks"));
    assert.match(first.text, /vendor's acknowledgement/);
  });
});
