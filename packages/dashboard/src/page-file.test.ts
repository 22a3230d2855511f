import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { pageFile } from "./page-file.ts";

describe("pageFile", () => {
  it("names an HTML page that leads to the API document and to both health addresses", async () => {
    const page = await readFile(pageFile(), "utf8");
    for (const address of ["/openapi.json", "/healthz", "/readyz"]) assert.match(page, new RegExp(`href="${address}"`));
  });

  it("names a page that a content security policy without any exception can serve", async () => {
    const page = await readFile(pageFile(), "utf8");
    assert.doesNotMatch(page, /<script|<style|\sstyle=|\son[a-z]+=|https?:\/\/|<img|<link/i);
  });
});
