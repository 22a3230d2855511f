import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import { type SeededServer, startSeededServer } from "../support/seeded-server.ts";
import { chromiumPath, LOOKS, launchBrowser, openVisitor } from "./browser.ts";

const skip = chromiumPath() === null ? "skipped: no Chromium, 3 cases" : false;
const PAGES = ["overview", "authentications", "deliveries", "endpoints", "customers", "settings"];

describe("the dashboard in a browser", { skip }, () => {
  let browser: Browser;
  let seeded: SeededServer;
  before(async () => {
    browser = await launchBrowser();
    seeded = await startSeededServer();
  });
  after(async () => {
    await browser.close();
    await seeded[Symbol.asyncDispose]();
  });

  /** What the server was told of broken policies. */
  const reports = (): readonly string[] =>
    seeded.server.output.filter((line) => line.includes("content security policy"));

  it("opens every page on desktop and phone, light and dark, and nothing complains", async () => {
    for (const [name, look] of Object.entries(LOOKS)) {
      await using visitor = await openVisitor(browser, seeded.server, look);
      await visitor.page.getByRole("heading", { name: "Sign in to sameface" }).waitFor();
      assert.deepEqual(await visitor.axe(), [], `${name}: sign-in`);
      await visitor.signIn(seeded.server.key);
      for (const page of PAGES) {
        await visitor.visit(`#/${page}`);
        assert.deepEqual(await visitor.axe(), [], `${name}: ${page}`);
        const width = await visitor.page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= look.viewport.width, `${name}: ${page} is ${width} wide`);
      }
      assert.deepEqual(visitor.complaints, [], name);
    }
    assert.deepEqual(reports(), []);
  });

  it("tells a browser's report of a broken policy, so that none means none", async () => {
    await using visitor = await openVisitor(browser, seeded.server);
    await visitor.page.evaluate(() => {
      const style = document.createElement("style");
      style.textContent = "h1 { color: red }";
      document.head.append(style);
    });
    await visitor.page.waitForFunction(() => true);
    const deadline = AbortSignal.timeout(5_000);
    while (reports().length === 0) {
      deadline.throwIfAborted();
      await visitor.page.evaluate(async () => await new Promise((resolve) => requestAnimationFrame(resolve)));
    }
    assert.match(visitor.complaints.join(), /policy: style-src-elem/);
  });

  it("refuses a wrong key in words, and leaves nothing behind after sign-out", async () => {
    await using visitor = await openVisitor(browser, seeded.server);
    const { page } = visitor;
    await page.getByLabel("API key").fill("sfk_wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("This is no live key.").waitFor();
    await visitor.signIn(seeded.server.key);
    const [cookie] = await page.context().cookies();
    assert.ok(cookie !== undefined);
    assert.deepEqual([cookie.httpOnly, cookie.sameSite], [true, "Strict"]);
    assert.equal(await page.evaluate(() => document.cookie), "");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in to sameface" }).waitFor();
    assert.deepEqual(await page.context().cookies(), []);
    const headers = { cookie: `${cookie.name}=${cookie.value}` };
    assert.equal((await fetch(`${seeded.server.url}/v1/keys`, { headers })).status, 401);
  });
});
