import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import { type SeededServer, startSeededServer } from "../support/seeded-server.ts";
import { chromiumPath, LOOKS, launchBrowser, openVisitor } from "./browser.ts";

const skip = chromiumPath() === null ? "skipped: no Chromium, 5 cases" : false;
const PARTS = ["", "/accuracy", "/keys", "/audit", "/notices", "/streams", "/tenants", "/server"];
const NAUGHTY = `"><script>document.title='run'</script> \u202Eevil\u202C 田中さん`;

describe("the page of settings in a browser", { skip }, () => {
  let browser: Browser;
  let seeded: SeededServer;
  before(async () => {
    browser = await launchBrowser();
    seeded = await startSeededServer({ keyName: NAUGHTY });
  });
  after(async () => {
    await browser.close();
    await seeded[Symbol.asyncDispose]();
  });

  it("shows every part on desktop and phone, texts of strangers verbatim, and nothing complains", async () => {
    for (const [name, look] of Object.entries(LOOKS)) {
      await using visitor = await openVisitor(browser, seeded.server, look);
      await visitor.signIn(seeded.server.key);
      for (const part of PARTS) {
        await visitor.visit(`#/settings${part}`);
        assert.deepEqual(await visitor.axe(), [], `${name}: ${part}`);
        const width = await visitor.page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= look.viewport.width, `${name}: ${part} is ${width} wide`);
      }
      await visitor.visit("#/settings/keys");
      await visitor.page.getByText(NAUGHTY, { exact: true }).waitFor();
      assert.match(await visitor.page.title(), /^Settings/);
      assert.deepEqual(visitor.complaints, [], name);
    }
  });

  it("says that a face is never the only factor, and shows what a threshold costs in words and drawn", async () => {
    await using visitor = await openVisitor(browser, seeded.server);
    const { page } = visitor;
    await visitor.signIn(seeded.viewerKey);
    await visitor.visit("#/settings");
    await page.getByText("A face is never the only factor.").waitFor();
    await page.getByText("keep a way without biometrics").waitFor();
    // Whatever the stored evaluation found at the threshold in force: below one in a hundred.
    await page.getByText(/^Of strangers who look alike, about 1 in \d{3} matched \(FMR 0\.\d+\s%\)/).waitFor();
    assert.equal(await page.getByLabel("Match threshold").isDisabled(), true);
    assert.equal(await page.getByRole("button", { name: "Put into force" }).isDisabled(), true);
    await visitor.visit("#/settings/accuracy");
    await page.getByRole("img", { name: /^Detection error trade-off/ }).waitFor();
    await visitor.visit("#/settings/server");
    await page.getByText("30 days").waitFor();
    assert.deepEqual(visitor.complaints, []);
  });

  it("previews what another policy would have changed before it is put into force", async () => {
    await using visitor = await openVisitor(browser, seeded.server);
    const { page } = visitor;
    await visitor.signIn(seeded.server.key);
    await visitor.visit("#/settings");
    const save = page.getByRole("button", { name: "Put into force" });
    assert.equal(await save.isDisabled(), true, "nothing is changed yet");
    await page.getByLabel("Liveness threshold").fill("7");
    await page.getByRole("alert").waitFor();
    assert.equal(await save.isDisabled(), true, "7 is no probability");
    await page.getByLabel("Liveness threshold").fill("1");
    await page.getByRole("list", { name: "Changes" }).getByText("Spoof").first().waitFor();
    await page.getByLabel("Liveness threshold").fill("0.31");
    await page.getByText("of the last 7 decisions").waitFor();
    await page.getByLabel("Every pass demands a second factor").check();
    await page.getByLabel("Days for which they are kept").fill("7");
    await save.click();
    await page.getByText("The policy is in force").waitFor();
    const { body } = await seeded.server.call("/v1/policy");
    const { secondFactor, liveness, retention } = body;
    assert.deepEqual([secondFactor, liveness, retention], [true, { threshold: 0.31 }, { pictureDays: 7 }]);
    assert.deepEqual(visitor.complaints, []);
  });

  it("makes a key that is shown once, revokes it, and makes a tenant for root alone", async () => {
    await using visitor = await openVisitor(browser, seeded.server);
    const { page } = visitor;
    await visitor.signIn(seeded.server.key);
    await visitor.visit("#/settings/keys");
    await page.getByRole("button", { name: "Make a key" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("till 3");
    await dialog.getByRole("button", { name: "A viewer" }).click();
    assert.equal(await dialog.getByLabel("audit:read").isChecked(), true);
    assert.deepEqual(await visitor.axe(), []);
    await dialog.getByRole("button", { name: "Make", exact: true }).click();
    const key = (await dialog.getByLabel("key", { exact: true }).textContent()) ?? "";
    const headers = { authorization: `Bearer ${key}` };
    const asKey = async (): Promise<number> => (await fetch(`${seeded.server.url}/v1/endpoints`, { headers })).status;
    assert.equal(await asKey(), 200);
    await dialog.getByRole("button", { name: "I have kept it" }).click();
    const row = page.getByRole("row").filter({ hasText: "till 3" });
    await row.getByRole("button", { name: "Revoke" }).click();
    await dialog.getByRole("button", { name: "Revoke" }).click();
    await row.getByText("revoked").waitFor();
    assert.equal(await asKey(), 401);
    await visitor.visit("#/settings/tenants");
    await page.getByRole("button", { name: "Make a tenant" }).click();
    await dialog.getByLabel("Name").fill(NAUGHTY);
    await dialog.getByRole("button", { name: "Make", exact: true }).click();
    await dialog.getByRole("button", { name: "I have kept it" }).click();
    const tenant = page.getByRole("row").filter({ hasText: "田中さん" });
    await tenant.getByRole("button", { name: "Bounds" }).click();
    await dialog.getByText("1 there now").waitFor();
    await dialog.getByLabel("Enrolled customers").fill("many");
    assert.equal(await dialog.getByRole("button", { name: "Put into force" }).isDisabled(), true);
    await dialog.getByLabel("Enrolled customers").fill("20");
    assert.deepEqual(await visitor.axe(), []);
    await dialog.getByRole("button", { name: "Put into force" }).click();
    await page.getByText("The bounds are in force").waitFor();
    await tenant.getByRole("button", { name: "Bounds" }).click();
    assert.equal(await dialog.getByLabel("Enrolled customers").inputValue(), "20");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await visitor.visit("#/settings/server");
    await page
      .getByText(/^\d+, no bound$/)
      .first()
      .waitFor();
    assert.deepEqual(visitor.complaints, []);
  });

  it("computes the audit's chain anew in the browser, and shows a viewer no way to tenants", async () => {
    await using visitor = await openVisitor(browser, seeded.server);
    const { page } = visitor;
    await visitor.signIn(seeded.viewerKey);
    await visitor.visit("#/settings/audit");
    await page.getByRole("button", { name: "Check it" }).click();
    await page.getByText(/^Whole: \d+ rows, each what was written/).waitFor();
    const { body } = await seeded.server.call("/v1/audit?limit=500");
    const { hash } = body["head"] as { readonly hash: string };
    await page.getByText(hash).waitFor();
    await visitor.visit("#/settings/keys");
    await visitor.visit("#/settings/tenants");
    await page.getByText("For root alone").waitFor();
  });
});
