import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { TEST_DATA } from "../support/dev-faces.ts";
import { type SeededServer, startSeededServer } from "../support/seeded-server.ts";
import { chromiumPath, launchBrowser, openVisitor } from "./browser.ts";

const FILE = path.join(TEST_DATA, "corpora/blns/blns.json");
const strings = readStrings();
const skip = skipReason();

describe("what strangers write, in a browser", { skip }, () => {
  let browser: Browser;
  let seeded: SeededServer;
  let hostile: Server;
  before(async () => {
    browser = await launchBrowser();
    seeded = await startSeededServer();
    hostile = createServer((_, response) => {
      response.writeHead(400, { "content-type": "text/html; charset=utf-8" }).end(replyOf(strings ?? []));
    });
    await new Promise<void>((resolve) => hostile.listen(0, "127.0.0.1", resolve));
  });
  after(async () => {
    await browser.close();
    await seeded[Symbol.asyncDispose]();
    hostile.close();
  });

  const post = async (path: string, body: object): Promise<Record<string, unknown>> =>
    (await seeded.server.call(path, { method: "POST", body })).body;

  it("shows each naughty string that is taken as it was written, and none of them runs", async () => {
    const kept: string[] = [];
    for (const text of strings ?? []) {
      const made = await post("/v1/keys", { name: text, scopes: ["metrics:read"] });
      if (typeof made["id"] === "string") kept.push(text);
      await post("/v1/endpoints", { url: seeded.receiver.url, description: text });
    }
    assert.ok(kept.length > 400, `${kept.length} were taken`);
    await using visitor = await openVisitor(browser, seeded.server);
    const { page } = visitor;
    const dialogs: string[] = [];
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await visitor.signIn(seeded.server.key);
    await visitor.visit("#/settings/keys");
    await showAll(page);
    const names = await page.getByRole("table", { name: "Keys" }).locator("td:first-child .verbatim").allTextContents();
    const shown = new Set(names);
    for (const text of kept) assert.ok(shown.has(text), JSON.stringify(text));
    await visitor.visit("#/endpoints");
    await showAll(page);
    const descriptions = await page.locator("td:first-child .verbatim.faint").allTextContents();
    assert.ok(descriptions.length > 400, `${descriptions.length} are shown`);
    const written = new Set(strings);
    for (const text of descriptions.filter((one) => !["The shop", "Closed port"].includes(one))) {
      assert.ok(written.has(text), JSON.stringify(text));
    }
    assert.deepEqual([dialogs, visitor.complaints], [[], []]);
  });

  it("shows the reply of a receiver as text, whatever it says it is", async () => {
    const url = `http://127.0.0.1:${(hostile.address() as AddressInfo).port}/`;
    const { id } = await post("/v1/endpoints", { url });
    await using visitor = await openVisitor(browser, seeded.server);
    const { page } = visitor;
    await visitor.signIn(seeded.server.key);
    await visitor.visit(`#/endpoints/${String(id)}`);
    await page.getByRole("button", { name: "Send", exact: true }).click();
    const reply = page.getByRole("region", { name: "reply to attempt 1" });
    await reply.waitFor();
    const text = (await reply.textContent()) ?? "";
    assert.ok(Buffer.byteLength(text) <= 16_384, `${Buffer.byteLength(text)} bytes`);
    assert.ok(text.includes("<script>") && replyOf(strings ?? []).startsWith(text.slice(0, 16_000)));
    assert.deepEqual(visitor.complaints, []);
  });
});

async function showAll(page: Page): Promise<void> {
  const more = page.getByRole("button", { name: "Show more" });
  while ((await more.count()) > 0) {
    const before = await page.getByRole("row").count();
    await more.click();
    await page.waitForFunction((rows) => document.querySelectorAll("tr").length > rows, before);
  }
}

/** Everything that begins with a tag, so that it would be markup if anything made it so. */
function replyOf(texts: readonly string[]): string {
  return texts.filter((text) => text.includes("<")).join("\n");
}

function readStrings(): readonly string[] | null {
  try {
    return JSON.parse(readFileSync(FILE, "utf8")) as string[];
  } catch (cause) {
    if (process.env["CI"] === "true") throw cause;
    return null;
  }
}

function skipReason(): string | false {
  if (chromiumPath() === null) return "skipped: no Chromium, 2 cases";
  return strings === null ? "skipped: naughty strings missing, 2 cases" : false;
}
