import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { TEST_DATA } from "../support/dev-faces.ts";
import { type SeededServer, startSeededServer } from "../support/seeded-server.ts";
import { chromiumPath, LOOKS, launchBrowser, openVisitor, type Visitor } from "./browser.ts";

const skip = chromiumPath() === null ? "skipped: no Chromium, 6 cases" : false;
const ASSETS = path.resolve(import.meta.dirname, "../../packages/dashboard/dist/pages/assets");
const MOST_JS_BYTES = 250 * 1024;
const XSS = `</pre><script>window.ran = 1</script><img src=x onerror="window.ran = 1"><svg onload="window.ran = 1">`;

/** 515 strings that break programs; those that a field does not take are refused, all others are shown. */
function naughtyStrings(): readonly string[] {
  const file = path.join(TEST_DATA, "corpora/blns/blns.json");
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as string[];
  if (process.env["CI"] === "true") throw new Error(`${file} is missing`);
  return [
    XSS,
    "\u202Eevil",
    "ﾠ\u200B",
    "田中さんにあげて下さい",
    "' OR 1=1 -- 1",
    "{{7*7}}",
    "<a href=javascript:window.ran=1>",
  ];
}

describe("the pages of what happened", { skip }, () => {
  let browser: Browser;
  let seeded: SeededServer;
  let visitor: Visitor;
  before(async () => {
    browser = await launchBrowser();
    seeded = await startSeededServer({ description: `The shop ${XSS}` });
    visitor = await openVisitor(browser, seeded.server);
    await visitor.signIn(seeded.server.key);
  });
  after(async () => {
    await visitor[Symbol.asyncDispose]();
    await browser.close();
    await seeded[Symbol.asyncDispose]();
  });

  const quiet = async (): Promise<void> => {
    assert.deepEqual(visitor.complaints, []);
    assert.equal(await visitor.page.evaluate(() => "ran" in window), false);
    assert.deepEqual(
      seeded.server.output.filter((line) => line.includes("content security policy")),
      [],
    );
  };

  it("leads from every figure of the overview to its list", async () => {
    const { page } = visitor;
    await visitor.visit("#/overview");
    const links = await page
      .locator("a.figure, .states a, .chart a")
      .evaluateAll((all) => all.map((one) => one.getAttribute("href") ?? ""));
    assert.ok(links.length >= 12, links.join(" "));
    for (const link of new Set(links)) {
      await visitor.visit(link);
      assert.match(await page.locator("h1").innerText(), /^(Authentications|Deliveries)$/);
      assert.equal(await page.locator('[role="alert"]').count(), 0, link);
    }
    await visitor.visit("#/overview");
    await page.locator("a.figure", { hasText: "Spoof share" }).click();
    await page.locator("tbody tr").first().waitFor();
    assert.deepEqual(await page.locator("tbody .badge").allInnerTexts(), ["Spoof"]);
    await quiet();
  });

  it("counts a new authentication by itself, without a reload", async () => {
    const { page } = visitor;
    await visitor.visit("#/overview");
    const figure = page.locator("a.figure", { hasText: "Authentications" }).locator(".value");
    const before = Number(await figure.innerText());
    const body = { customerId: "nobody-yet", image: Buffer.from("no picture").toString("base64") };
    await seeded.server.call("/v1/authentications", { method: "POST", body });
    await page.waitForFunction(
      (wanted) => document.querySelector("a.figure .value")?.textContent === String(wanted),
      before + 1,
    );
    await quiet();
  });

  it("shows one attempt in ten steps, its exact bytes, and no score of what did not match", async () => {
    const { page } = visitor;
    for (const outcome of ["passed", "not-recognized", "spoof", "declined", "blocklisted", "unknown-customer"]) {
      const id = seeded.authentications[outcome] ?? assert.fail(outcome);
      await visitor.visit(`#/authentications/${id}`);
      assert.equal(await page.locator(".timeline li").count(), 10);
      const { body } = await seeded.server.call(`/v1/authentications/${id}`);
      const posted = seeded.receiver.requests.find((request) => request.id === body["eventId"]);
      assert.equal(await page.getByRole("region", { name: "body", exact: true }).innerText(), posted?.body.toString());
      const shown = await page.locator("main").innerText();
      assert.equal(/\bMatch\b/.test(shown), outcome === "passed", outcome);
      assert.deepEqual(await visitor.axe(), [], outcome);
    }
    await quiet();
  });

  it("finds attempts by customer and outcome, and says when nothing fits", async () => {
    const { page } = visitor;
    await visitor.visit("#/authentications");
    await page.getByLabel("Customer").fill("bert");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
    assert.match(page.url(), /#\/authentications\?customerId=bert$/);
    await page.getByLabel("Outcome").selectOption("passed");
    await page.getByRole("heading", { name: "Nothing fits" }).waitFor();
    await page.goBack();
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
    await quiet();
  });

  it("shows what a receiver answered as text, whatever it holds, and sends again", async () => {
    const { page } = visitor;
    const hostile = createServer((_request, response) => {
      response.writeHead(500, { "content-type": "text/html", connection: "close" }).end(XSS);
    });
    hostile.unref();
    await new Promise<void>((resolve) => hostile.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(hostile.address() as AddressInfo).port}/`;
    const made = await seeded.server.call("/v1/endpoints", { method: "POST", body: { url } });
    const test = await seeded.server.call(`/v1/endpoints/${String(made.body["id"])}/test`, {
      method: "POST",
      body: { sample: "passed" },
    });
    await visitor.visit(`#/deliveries/${String(test.body["id"])}`);
    await page.getByText("HTTP 500").first().waitFor();
    // Of the newest attempt, which alone is open: a retry may be quicker than this page.
    const answer = page.getByRole("region", { name: /^answer \d/ }).first();
    await answer.waitFor();
    assert.equal(await answer.textContent(), `HTTP 500\ncontent-type: text/html\n\n${XSS}`);
    assert.deepEqual(await visitor.axe(), []);
    await page.getByRole("button", { name: "Resend" }).click();
    await page.getByText("Sent again").waitFor();
    await quiet();
  });

  it("shows naughty strings verbatim: each that an endpoint may be called", async () => {
    const { page } = visitor;
    const taken: string[] = [];
    const strings = naughtyStrings();
    for (const description of strings) {
      const body = { url: "http://127.0.0.1:4999/hook", description, outcomes: ["spoof"] };
      const { status } = await seeded.server.call("/v1/endpoints", { method: "POST", body });
      if (status === 201) taken.push(description);
      else assert.equal(status, 400, description);
    }
    assert.ok(taken.length >= strings.length / 2, `${taken.length} of ${strings.length}`);
    await visitor.visit("#/overview");
    await visitor.visit("#/deliveries");
    await page.waitForFunction(() => document.querySelectorAll("option").length > 100);
    const options = new Set(
      await page
        .getByLabel("Endpoint")
        .locator("option")
        .evaluateAll((all) => all.map((one) => one.textContent)),
    );
    const listed = (await seeded.server.call("/v1/endpoints?limit=500")).body["items"] as {
      description: string | null;
    }[];
    const missing = listed.filter(({ description }) => description !== null && !options.has(description));
    assert.deepEqual(
      missing.map((one) => one.description),
      [],
    );
    for (const text of [...taken.slice(0, 40), XSS]) {
      await visitor.visit(`#/authentications?outcome=${encodeURIComponent("spoof")}&x=${encodeURIComponent(text)}`);
    }
    await quiet();
  });

  it("lets a viewer see everything and press nothing that changes", async () => {
    await using viewer = await openVisitor(browser, seeded.server);
    await viewer.signIn(seeded.viewerKey);
    await viewer.visit(`#/authentications/${seeded.authentications["passed"] ?? ""}`);
    const buttons = viewer.page.getByRole("button", { name: "Resend" });
    assert.ok((await buttons.count()) > 0);
    for (const button of await buttons.all()) assert.equal(await button.isDisabled(), true);
    assert.deepEqual(viewer.complaints, []);
  });

  it("sends no more JavaScript than 250 KB, gzipped, and is usable soon after", async () => {
    const scripts = readdirSync(ASSETS).filter((name) => name.endsWith(".js"));
    const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(path.join(ASSETS, name))).length, 0);
    assert.ok(bytes <= MOST_JS_BYTES, `${bytes} bytes of JavaScript`);
    const began = performance.now();
    await using fresh = await openVisitor(browser, seeded.server, LOOKS.desktop);
    await fresh.page.getByLabel("API key").waitFor();
    console.log(`${bytes} bytes of JavaScript; usable after ${Math.round(performance.now() - began)} ms`);
  });
});
