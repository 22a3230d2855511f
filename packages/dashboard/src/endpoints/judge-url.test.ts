import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgeUrl } from "./judge-url.ts";

describe("judgeUrl", () => {
  it("says nothing of nothing, and yes to what the public rules take", () => {
    assert.equal(judgeUrl(""), null);
    for (const url of ["https://shop.example/hook", "https://shop.example:8443/hook?a=1"]) {
      assert.equal(judgeUrl(url)?.tone, "good", url);
    }
  });

  it("names what is wrong at once", () => {
    const bad = ["shop", "ftp://shop.example/", "https://anna:secret@shop.example/", "https://shop.example/#part"];
    for (const url of bad) assert.equal(judgeUrl(url)?.tone, "bad", url);
  });

  it("warns where only an allowed network would do, and shows how it would be read", () => {
    for (const url of ["http://shop.example/", "https://127.0.0.1/", "https://shop.example:9000/", "https://shop/"]) {
      assert.equal(judgeUrl(url)?.tone, "warn", url);
    }
    assert.match(judgeUrl("https://SHOP.example")?.text ?? "", /read as https:\/\/shop\.example\//);
  });
});
