import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import { drawnPicture, type SeededServer, startSeededServer } from "../support/seeded-server.ts";
import { temporaryFolder } from "../support/server-process.ts";
import { chromiumPath, LOOKS, launchBrowser, openVisitor } from "./browser.ts";

const skip = chromiumPath() === null ? "skipped: no Chromium, 6 cases" : false;
const NAUGHTY = `<svg onload="document.title='run'"> \u202Eevil\u202C ' OR 1=1; -- 田中さん`;

describe("the page of customers in a browser", { skip }, () => {
  let browser: Browser;
  let seeded: SeededServer;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let face: Buffer;
  before(async () => {
    folder = await temporaryFolder();
    face = Buffer.from(await drawnPicture({ person: 12, take: 0 }), "base64");
    // A film of one picture: what the camera of this browser sees.
    const film = join(folder.path, "face.mjpeg");
    await mkdir(folder.path);
    await writeFile(film, Buffer.concat(Array.from({ length: 10 }, () => face)));
    browser = await launchBrowser([
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-video-capture=${film}`,
    ]);
    seeded = await startSeededServer({ consent: NAUGHTY, reason: NAUGHTY });
  });
  after(async () => {
    await browser.close();
    await seeded[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  it("shows all customers and one on desktop and phone, texts of strangers verbatim, and nothing complains", async () => {
    for (const [name, look] of Object.entries(LOOKS)) {
      await using visitor = await openVisitor(browser, seeded.server, look);
      await visitor.signIn(seeded.server.key);
      for (const part of ["", "?needs=true", "/anna", "/bert"]) {
        await visitor.visit(`#/customers${part}`);
        assert.deepEqual(await visitor.axe(), [], `${name}: ${part}`);
        const width = await visitor.page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= look.viewport.width, `${name}: ${part} is ${width} wide`);
      }
      assert.equal(
        await visitor.page.getByText(NAUGHTY, { exact: true }).count(),
        2,
        "consent and reason of the block",
      );
      assert.equal(await visitor.page.title(), "bert · sameface");
      assert.deepEqual(visitor.complaints, [], name);
    }
  });

  it("enrols from a file and from the camera, and only with a consent reference", async () => {
    await using visitor = await openVisitor(browser, seeded.server);
    const { page } = visitor;
    await visitor.signIn(seeded.server.key);
    await visitor.visit("#/customers");
    await page.getByRole("button", { name: "Enrol", exact: true }).click();
    const dialog = page.getByRole("dialog");
    const send = dialog.getByRole("button", { name: "Enrol", exact: true });
    await dialog.getByLabel("Customer id").fill("carla");
    await dialog.getByLabel("Picture file").setInputFiles({ name: "c.jpg", mimeType: "image/jpeg", buffer: face });
    await dialog.getByAltText("To be sent: c.jpg").waitFor();
    assert.equal(await send.isDisabled(), true, "no consent yet");
    await dialog.getByLabel("Consent reference").fill("form 9");
    assert.deepEqual(await visitor.axe(), []);
    await send.click();
    await dialog.getByText("is enrolled. The picture was measured and is not kept.").waitFor();
    await dialog.getByRole("link", { name: "Open the customer" }).click();
    await page.getByRole("heading", { name: "carla" }).waitFor();
    await page.getByRole("button", { name: "Enrol again" }).click();
    await dialog.getByLabel("Consent reference").fill("form 10");
    await dialog.getByLabel("The new picture stands").selectOption("add");
    await dialog.getByRole("button", { name: "Use the camera" }).click();
    await dialog.getByRole("button", { name: "Take the picture" }).click();
    await dialog.getByAltText("To be sent: from the camera").waitFor();
    await send.click();
    await dialog.getByText("is enrolled. The picture was measured and is not kept.").waitFor();
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByRole("table", { name: "Enrolments" }).getByRole("row").nth(2).waitFor();
    // Before a new id is enrolled it is looked up, so that nobody is replaced unasked: carla was not there.
    const complaints = visitor.complaints.filter((one) => !one.includes("status of 404"));
    assert.deepEqual(complaints, []);
  });

  it("asks before it replaces who is enrolled already, and tells a refusal in the server's words", async () => {
    await using visitor = await openVisitor(browser, seeded.server);
    const { page } = visitor;
    await visitor.signIn(seeded.server.key);
    await visitor.visit("#/customers");
    await page.getByRole("button", { name: "Enrol", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Customer id").fill("anna");
    await dialog.getByLabel("Consent reference").fill("form 11");
    const wall = Buffer.from("not a picture at all");
    await dialog.getByLabel("Picture file").setInputFiles({ name: "wall.jpg", mimeType: "image/jpeg", buffer: wall });
    await dialog.getByRole("button", { name: "Enrol", exact: true }).click();
    await dialog.getByText("anna is enrolled already. Choose what becomes of that.").waitFor();
    await dialog.getByRole("button", { name: "Enrol", exact: true }).click();
    await dialog.getByRole("alert").waitFor();
    const kept = await seeded.server.call("/v1/customers/anna");
    assert.equal((kept.body["templates"] as unknown[]).length, 1);
  });

  it("enrols many with progress, and says which line was refused and why", async () => {
    await using visitor = await openVisitor(browser, seeded.server);
    const { page } = visitor;
    await visitor.signIn(seeded.server.key);
    await visitor.visit("#/customers");
    await page.getByRole("button", { name: "Enrol many" }).click();
    const dialog = page.getByRole("dialog");
    const picture = (name: string, buffer: Buffer) => ({ name, mimeType: "image/jpeg", buffer });
    const bad = Buffer.from("no picture");
    await dialog.getByLabel("Files").setInputFiles([picture("d 1.jpg", face)]);
    await dialog.getByText("No customer's id").waitFor();
    await dialog
      .getByLabel("Files")
      .setInputFiles([...[1, 2, 3, 4, 5].map((n) => picture(`dora_${n}.jpg`, face)), picture("dora_6.jpg", bad)]);
    await dialog.getByLabel("Consent reference").fill("list 3");
    await dialog.getByRole("button", { name: "Enrol all" }).click();
    await dialog.getByText("6 of 6 done").waitFor();
    const refused = dialog.getByRole("table", { name: "Refused lines" });
    await refused.getByText("dora_6").waitFor();
    assert.equal(await refused.getByRole("row").count(), 2);
    assert.deepEqual(await visitor.axe(), []);
    assert.equal((await seeded.server.call("/v1/customers/dora_5")).status, 200);
    await dialog.getByRole("button", { name: "Send again" }).click();
    await dialog.getByText(/^unchanged$/).waitFor();
    await dialog.getByText("6 of 6 done").waitFor();
  });

  it("blocks, unblocks, exports, and erases after the id was typed, with a receipt", async () => {
    await using visitor = await openVisitor(browser, seeded.server);
    const { page } = visitor;
    await visitor.signIn(seeded.server.key);
    const image = face.toString("base64");
    await seeded.server.call("/v1/customers/emil", { method: "PUT", body: { image, consent: { reference: "f" } } });
    await visitor.visit("#/customers");
    await page.getByLabel("Find by id").fill("emil");
    await page.getByRole("button", { name: "Find" }).click();
    await page.getByRole("heading", { name: "emil" }).waitFor();
    const dialog = page.getByRole("dialog");
    await page.getByRole("button", { name: "Block" }).click();
    await dialog.getByLabel("Reason").fill("card stolen");
    await dialog.getByRole("button", { name: "Block" }).click();
    await page.getByText("card stolen").waitFor();
    await page.getByRole("button", { name: "Unblock" }).click();
    await page.getByRole("button", { name: "Block", exact: true }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export" }).click(),
    ]);
    assert.equal(download.suggestedFilename(), "emil.json");
    await page.getByRole("button", { name: "Erase" }).click();
    const erase = dialog.getByRole("button", { name: "Erase for good" });
    assert.equal(await erase.isDisabled(), true);
    await dialog.getByRole("textbox").fill("emil");
    await erase.click();
    const receipt = await dialog.getByLabel("receipt", { exact: true }).textContent();
    assert.match(receipt ?? "", /^[0-9a-f]{24}$/);
    assert.deepEqual(await visitor.axe(), []);
    assert.equal((await seeded.server.call("/v1/customers/emil")).status, 404);
    assert.deepEqual(visitor.complaints, []);
  });

  it("shows a viewer everything, and every button that changes something disabled with its reason", async () => {
    await using visitor = await openVisitor(browser, seeded.server);
    const { page } = visitor;
    await visitor.signIn(seeded.viewerKey);
    await visitor.visit("#/customers");
    for (const name of ["Enrol", "Enrol many"]) {
      const button = page.getByRole("button", { name, exact: true });
      assert.deepEqual(
        [await button.isDisabled(), await button.getAttribute("title")],
        [true, "Your key may not enrol customers"],
      );
    }
    await visitor.visit("#/customers/anna");
    for (const name of ["Block", "Unlock", "Enrol again", "Erase"]) {
      assert.equal(await page.getByRole("button", { name, exact: true }).isDisabled(), true, name);
    }
    await page.getByRole("table", { name: "Authentications of the customer" }).getByText("Passed").waitFor();
    assert.deepEqual(visitor.complaints, []);
  });
});
