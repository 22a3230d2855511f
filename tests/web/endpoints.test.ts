import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import { type SeededServer, startSeededServer } from "../support/seeded-server.ts";
import { chromiumPath, LOOKS, launchBrowser, openVisitor } from "./browser.ts";

const skip = chromiumPath() === null ? "skipped: no Chromium, 5 cases" : false;
const NAUGHTY = `<img src=x onerror="document.title='run'"> ' " & \u202Eevil\u202C 田中さん`;

describe("the page of endpoints in a browser", { skip }, () => {
  let browser: Browser;
  let seeded: SeededServer;
  before(async () => {
    browser = await launchBrowser();
    seeded = await startSeededServer({ description: NAUGHTY });
  });
  after(async () => {
    await browser.close();
    await seeded[Symbol.asyncDispose]();
  });

  it("shows every part of an endpoint on desktop and phone, texts of strangers verbatim, and nothing complains", async () => {
    const { good } = seeded.endpoints;
    const parts = ["", `/${good}`, `/${good}?tab=deliveries`, `/${good}?tab=replay`, `/${good}?tab=code`, "/none"];
    for (const [name, look] of Object.entries(LOOKS)) {
      await using visitor = await openVisitor(browser, seeded.server, look);
      await visitor.signIn(seeded.server.key);
      for (const part of parts) {
        await visitor.visit(`#/endpoints${part}`);
        assert.deepEqual(await visitor.axe(), [], `${name}: ${part}`);
        const width = await visitor.page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= look.viewport.width, `${name}: ${part} is ${width} wide`);
      }
      await visitor.visit("#/endpoints");
      await visitor.page.getByText(NAUGHTY, { exact: true }).waitFor();
      assert.match(await visitor.page.title(), /^Endpoints/);
      // The one that is not there was asked for on purpose.
      assert.deepEqual(
        visitor.complaints.filter((one) => !/status of (400|404)/.test(one)),
        [],
        name,
      );
    }
  });

  it("adds an endpoint with a way of signing in from the served schema, shows the secret once, and tests it", async () => {
    await using visitor = await openVisitor(browser, seeded.server);
    const { page } = visitor;
    await visitor.signIn(seeded.server.key);
    await visitor.visit("#/endpoints");
    await page.getByRole("button", { name: "Add an endpoint" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("URL").fill("ftp://shop.example");
    await dialog.getByText("Only https is posted to.").waitFor();
    assert.equal(await dialog.getByRole("button", { name: "Add" }).isDisabled(), true);
    await dialog.getByLabel("URL").fill("https://shop.example:99/");
    await dialog.getByRole("button", { name: "Add" }).click();
    await dialog.getByRole("alert").waitFor();
    await dialog.getByLabel("URL").fill(seeded.receiver.url);
    await dialog.getByLabel("Way").selectOption("basic");
    await dialog.getByLabel("Username").fill("anna");
    await dialog.getByLabel("Password").fill("s3cret");
    assert.deepEqual(await visitor.axe(), []);
    await dialog.getByRole("button", { name: "Add" }).click();
    const secret = await dialog.getByLabel("secret", { exact: true }).textContent();
    assert.match(secret ?? "", /^whsec_/);
    assert.deepEqual(await visitor.axe(), []);
    await dialog.getByRole("button", { name: "I have kept it" }).click();
    await page.getByRole("heading", { name: "Test send" }).waitFor();
    assert.ok(!(await page.content()).includes(secret ?? "whsec_"));
    await page.getByLabel("Sample").selectOption("unknown-customer");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByRole("list", { name: "Attempts" }).getByText("delivered").waitFor();
    const isTest = ({ id }: { readonly id: string }): boolean => id.startsWith("test_");
    await seeded.receiver.until((all) => all.some(isTest));
    const last = seeded.receiver.requests.findLast(isTest);
    assert.equal(last?.headers["authorization"], `Basic ${Buffer.from("anna:s3cret").toString("base64")}`);
  });

  it("rotates with the overlap as a countdown, pauses, and enables again", async () => {
    await using visitor = await openVisitor(browser, seeded.server);
    const { page } = visitor;
    await visitor.signIn(seeded.server.key);
    await visitor.visit(`#/endpoints/${seeded.endpoints.good}`);
    await page.getByRole("button", { name: "Rotate" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("The old ones sign on for").selectOption("3600");
    await dialog.getByRole("button", { name: "Rotate" }).click();
    await dialog.getByRole("button", { name: "I have kept it" }).click();
    await page.getByText(/another (1 h 00 min|59 min \d\d s)/).waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
    await page.getByText("disabled (operator)").waitFor();
    await page.getByRole("button", { name: "Enable" }).click();
    await page.getByRole("button", { name: "Pause" }).waitFor();
    assert.deepEqual(visitor.complaints, []);
  });

  it("counts a replay before it is made, shows its progress, and retries one delivery", async () => {
    await using visitor = await openVisitor(browser, seeded.server);
    const { page } = visitor;
    await visitor.signIn(seeded.server.key);
    await visitor.visit(`#/endpoints/${seeded.endpoints.good}?tab=replay`);
    await page.getByLabel("Which").selectOption("all");
    await page.getByText(/^7 deliveries of \d+ events would be made due/).waitFor();
    await page.getByRole("button", { name: "Start" }).click();
    const row = page.getByRole("table", { name: "Replays" }).getByRole("row").nth(1);
    await row.getByText("Finished").waitFor();
    assert.match((await row.textContent()) ?? "", /7/);
    await visitor.visit(`#/endpoints/${seeded.endpoints.good}?tab=deliveries`);
    await page.getByLabel("State").selectOption("delivered");
    await page.getByRole("button", { name: "Attempts" }).first().click();
    await page.getByRole("dialog").getByRole("list", { name: "Attempts" }).waitFor();
    assert.deepEqual(await visitor.axe(), []);
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
    const before = seeded.receiver.requests.length;
    await page.getByRole("button", { name: "Retry" }).first().click();
    await page.getByText("Due at once").waitFor();
    await seeded.receiver.until((all) => all.length > before);
    assert.deepEqual(visitor.complaints, []);
  });

  it("shows a viewer everything, and every button that changes something disabled with its reason", async () => {
    await using visitor = await openVisitor(browser, seeded.server);
    const { page } = visitor;
    await visitor.signIn(seeded.viewerKey);
    await visitor.visit("#/endpoints");
    const add = page.getByRole("button", { name: "Add an endpoint" });
    assert.deepEqual(
      [await add.isDisabled(), await add.getAttribute("title")],
      [true, "Your key may not change endpoints"],
    );
    await visitor.visit(`#/endpoints/${seeded.endpoints.good}`);
    for (const name of ["Change", "Rotate", "Pause", "Verify", "Delete", "Send"]) {
      assert.equal(await page.getByRole("button", { name, exact: true }).isDisabled(), true, name);
    }
    await visitor.visit(`#/endpoints/${seeded.endpoints.good}?tab=replay`);
    assert.equal(await page.getByRole("button", { name: "Start" }).isDisabled(), true);
    assert.deepEqual(visitor.complaints, []);
  });
});
