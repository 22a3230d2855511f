import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { allowsReturn } from "./return-url.ts";

const LIST = ["https://shop.example/back", "http://127.0.0.1:3000"];

describe("allowsReturn", () => {
  const rows: readonly (readonly [string, boolean])[] = [
    ["https://shop.example/back", true],
    ["https://shop.example/back/7?a=1#b", true],
    ["https://shop.example/backwards", false],
    ["https://shop.example/", false],
    ["https://shop.example/back/../admin", false],
    ["https://shop.example:8443/back", false],
    ["http://shop.example/back", false],
    ["https://shop.example.evil.example/back", false],
    ["https://shop.example@evil.example/back", false],
    ["https://user:word@shop.example/back", false],
    ["http://127.0.0.1:3000/anything", true],
    ["http://127.0.0.1:3001/", false],
    ["javascript:alert(1)", false],
    ["//shop.example/back", false],
    ["no url", false],
  ];
  for (const [url, allowed] of rows) {
    it(`${allowed ? "lets" : "does not let"} a page be left for ${url}`, () => {
      assert.equal(allowsReturn(url, LIST), allowed);
    });
  }

  it("lets nobody go anywhere where nothing is listed", () => {
    assert.equal(allowsReturn("https://shop.example/back", []), false);
  });
});
