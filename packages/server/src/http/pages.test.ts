import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { PAGE_HEADERS } from "./page-headers.ts";
import { pageRoutes } from "./pages.ts";
import { startTestServer, type TestServer } from "./test-server.fixture.ts";

describe("the pages", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(async () => {
    await server.close();
  });

  it("are served with a policy that runs and frames nothing from elsewhere", async () => {
    const page = await server.call("/", { key: null });
    assert.match(page.text, /<title>page/);
    for (const [name, value] of Object.entries(PAGE_HEADERS)) assert.equal(page.headers.get(name), value);
    const policy = page.headers.get("content-security-policy") ?? "";
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    for (const directive of ["default-src", "object-src", "base-uri", "frame-ancestors"])
      assert.match(policy, new RegExp(`${directive} 'none'`));
    assert.deepEqual(
      [
        page.headers.get("x-content-type-options"),
        page.headers.get("referrer-policy"),
        page.headers.get("cache-control"),
      ],
      ["nosniff", "no-referrer", "no-store"],
    );
  });

  it("have parts that a browser keeps for good, and others get plain", async () => {
    const asset = await server.call("/assets/app-1.js", { key: null });
    assert.equal(asset.text, "export {};");
    assert.match(asset.headers.get("cache-control") ?? "", /immutable/);
    assert.equal(asset.headers.get("content-type"), "text/javascript; charset=utf-8");
    assert.equal(asset.headers.get("content-encoding"), "gzip");
    const plain = await server.call("/assets/app-1.js", { key: null, headers: { "accept-encoding": "identity" } });
    assert.deepEqual([plain.text, plain.headers.get("content-encoding")], ["export {};", null]);
  });

  it("are no way to any other file", async () => {
    for (const file of ["nope.js", "..%2findex.html", "index.html", "__proto__", "constructor"])
      assert.equal((await server.call(`/assets/${file}`, { key: null })).status, 404, file);
  });

  it("are framed by nobody, but the capture page by whom its tenant names", async () => {
    const frameAncestors = ["https://shop.example", "http://127.0.0.1:3000"];
    const policyOf = async (path: string) => {
      const { headers } = await server.call(path, { key: null });
      const [, found] = /frame-ancestors ([^;]+)/.exec(headers.get("content-security-policy") ?? "") ?? [];
      return [found, headers.get("x-frame-options")];
    };
    const body = { customerId: "anna", purpose: "authenticate" };
    const made = await server.call("/v1/capture-sessions", { method: "POST", body });
    const path = `/capture?session=${String(made.body["id"])}`;
    assert.deepEqual(await policyOf(path), ["'none'", "DENY"]);
    await server.call("/v1/policy", { method: "PUT", body: { capture: { frameAncestors } } });
    assert.deepEqual(await policyOf(path), [frameAncestors.join(" "), null]);
    for (const other of ["/capture", `/capture?session=${"0".repeat(24)}`, "/"])
      assert.deepEqual(await policyOf(other), ["'none'", "DENY"], other);
  });

  it("have an element for other sites' pages, under a name that stays", async () => {
    const { headers, text } = await server.call("/capture/component.js", { key: null });
    assert.equal(text, "class C {}");
    assert.equal(headers.get("access-control-allow-origin"), "*");
    assert.doesNotMatch(headers.get("cache-control") ?? "", /immutable/);
  });

  it("are none where nothing was built", async () => {
    assert.deepEqual(await pageRoutes(null), []);
    assert.deepEqual(await pageRoutes(new URL("./nowhere/", import.meta.url)), []);
  });
});
