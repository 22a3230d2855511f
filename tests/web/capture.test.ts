import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { pageFolder } from "@sameface/dashboard";
import type { Browser, Page } from "playwright-core";
import { type DrawnPerson, drawnJpeg, writeFilm } from "../support/fake-camera.ts";
import { type RecordingReceiver, startRecordingReceiver } from "../support/recording-receiver.ts";
import { type ServerProcess, startServerProcess, temporaryFolder } from "../support/server-process.ts";
import { chromiumPath, LOOKS, launchBrowser, openVisitor, type Visitor } from "./browser.ts";

const skip = chromiumPath() === null ? "skipped: no Chromium, 9 cases" : false;

/** Measured with our engine: person 12 is live, and itself on both takes. */
const ANNA: DrawnPerson = { person: 12, take: 0 };
const ANNA_LATER: DrawnPerson = { person: 12, take: 1 };

describe("the capture page in a browser", { skip, timeout: 240_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: ServerProcess;
  let receiver: RecordingReceiver;

  before(async () => {
    folder = await temporaryFolder();
    receiver = await startRecordingReceiver();
    server = await startServerProcess({ folder: path.join(folder.path, "data") });
    await post("/v1/endpoints", { url: receiver.url });
  });
  after(async () => {
    await server.stop();
    await receiver.close();
    await folder[Symbol.asyncDispose]();
  });

  const post = async (to: string, body: unknown): Promise<Record<string, unknown>> =>
    (await server.call(to, { method: "POST", body })).body;

  const link = async (body: object = {}): Promise<{ readonly id: string; readonly url: string }> => {
    const made = await post("/v1/capture-sessions", { customerId: "anna", purpose: "authenticate", ...body });
    return { id: String(made["id"]), url: String(made["url"]) };
  };

  /** What the back end is told of a session, once it is as wanted. */
  const sessionWhere = async (
    { id }: { readonly id: string },
    wanted: (session: Record<string, unknown>) => boolean,
  ): Promise<Record<string, unknown>> => {
    for (;;) {
      const { body } = await server.call(`/v1/capture-sessions/${id}`);
      if (wanted(body)) return body;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };

  /** A browser whose camera shows these people. */
  const withCamera = async (
    people: readonly DrawnPerson[],
    work: (browser: Browser) => Promise<void>,
  ): Promise<void> => {
    const film = path.join(folder.path, `film-${people.length}-${people[0]?.take ?? 0}.mjpeg`);
    await writeFilm(film, people);
    const flags = ["--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${film}`];
    const browser = await launchBrowser(flags);
    try {
      await work(browser);
    } finally {
      await browser.close();
    }
  };

  const visit = async (
    browser: Browser,
    url: string,
    { camera = true }: { readonly camera?: boolean } = {},
  ): Promise<Visitor> => {
    const visitor = await openVisitor(browser, { url: "about:blank" }, LOOKS.phone);
    if (camera) await visitor.page.context().grantPermissions(["camera"], { origin: server.url });
    await visitor.page.goto(url);
    return visitor;
  };

  const heading = async ({ page }: Visitor, name: string | RegExp): Promise<void> => {
    await page.getByRole("heading", { name }).waitFor({ timeout: 60_000 });
  };
  const press = async ({ page }: Visitor, name: string): Promise<void> => {
    await page.getByRole("button", { name, exact: true }).click();
  };

  /** What every screen of a phone is held to. */
  const isGood = async (visitor: Visitor, screen: string): Promise<void> => {
    assert.deepEqual(await visitor.axe(), [], screen);
    const width = await visitor.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= LOOKS.phone.viewport.width, `${screen} is ${width} wide`);
    const shots = process.env["SAMEFACE_TEST_SHOTS"];
    if (shots !== undefined) await visitor.page.screenshot({ path: path.join(shots, `${screen}.png`) });
  };

  it("enrols and authenticates through the page, and the notification arrives", async () => {
    const consent = { reference: "form 7", text: "I agree that Shop Ltd keeps a template of my face. <b>Really.</b>" };
    await withCamera([ANNA], async (browser) => {
      const capture = await link({ purpose: "enrol", consent });
      await using visitor = await visit(browser, capture.url);
      await heading(visitor, "Your consent");
      assert.equal(await visitor.page.locator(".verbatim").textContent(), consent.text);
      assert.equal(new URL(visitor.page.url()).hash, "", "no secret stays in the address");
      await isGood(visitor, "consent");
      await press(visitor, "I agree");
      await isGood(visitor, "ready");
      await press(visitor, "Start the camera");
      await heading(visitor, "Thank you");
      await isGood(visitor, "done");
      const session = await sessionWhere(capture, (one) => one["status"] === "done");
      const customer = await server.call("/v1/customers/anna");
      assert.equal(JSON.stringify(customer.body).includes(String(session["interviewId"])), true);
      assert.deepEqual(visitor.complaints, []);
      const kept = await visitor.page.evaluate(async () => [
        localStorage.length,
        sessionStorage.length,
        (await indexedDB.databases()).length,
        document.cookie,
      ]);
      assert.deepEqual(kept, [0, 0, 0, ""], "nothing is stored in the browser that a script could read");
    });
    await withCamera([ANNA_LATER], async (browser) => {
      const capture = await link();
      await using visitor = await visit(browser, capture.url);
      await heading(visitor, "Show your face");
      await press(visitor, "Start the camera");
      await heading(visitor, "Thank you");
      await receiver.until((requests) => requests.length > 0);
      const notification = JSON.parse(String(receiver.requests[0]?.body)) as Record<string, unknown>;
      assert.deepEqual([notification["customerId"], notification["overallStatus"]], ["anna", "PASS"]);
      const answer = await post("/v1/authentications", { captureSessionId: capture.id });
      assert.deepEqual([answer["outcome"], answer["notification"]], ["passed", notification]);
    });
  });

  it("says that it sees no face, offers another try, and the back end learns it", async () => {
    await withCamera([], async (browser) => {
      const capture = await link();
      await using visitor = await visit(browser, capture.url);
      await press(visitor, "Start the camera");
      await heading(visitor, "We can't see your face");
      await isGood(visitor, "no-face");
      await heading(visitor, "Let us try again");
      await isGood(visitor, "again");
      assert.match((await visitor.page.locator("main").textContent()) ?? "", /We can't see your face.*2 tries left/);
      const session = await sessionWhere(capture, (one) => one["tries"] === 1);
      assert.deepEqual([session["status"], session["problem"]], ["open", "noFace"]);
    });
  });

  it("asks to be alone where two faces are seen, and the back end learns it", async () => {
    await withCamera([ANNA, { person: 10 }], async (browser) => {
      const capture = await link();
      await using visitor = await visit(browser, capture.url);
      await press(visitor, "Deutsch");
      await press(visitor, "Kamera starten");
      await heading(visitor, "Seien Sie bitte allein im Bild");
      assert.equal(await visitor.page.evaluate(() => document.documentElement.lang), "de");
      await heading(visitor, "Versuchen wir es noch einmal");
      await isGood(visitor, "two-faces");
      const session = await sessionWhere(capture, (one) => one["tries"] === 1);
      assert.equal(session["problem"], "moreThanOneFace");
    });
  });

  it("has ways on where the camera is refused: a photo, another device; and the back end learns it", async () => {
    await withCamera([ANNA], async (browser) => {
      const capture = await link();
      await using visitor = await visit(browser, capture.url, { camera: false });
      await press(visitor, "Start the camera");
      await heading(visitor, "The camera is not allowed");
      await isGood(visitor, "camera-refused");
      assert.equal((await sessionWhere(capture, (one) => one["problem"] !== null))["problem"], "cameraRefused");
      const chooser = visitor.page.waitForEvent("filechooser");
      await press(visitor, "Use a photo instead");
      const buffer = await drawnJpeg({ ...ANNA, take: 2 });
      await (await chooser).setFiles({ name: "me.jpg", mimeType: "image/jpeg", buffer });
      await heading(visitor, "Thank you");
      await sessionWhere(capture, (one) => one["status"] === "done");

      const other = await link();
      await using first = await visit(browser, other.url, { camera: false });
      await press(first, "Go on with another device");
      await heading(first, "Go on with another device");
      await isGood(first, "another-device");
      const moved = (await first.page.locator(".verbatim").textContent()) ?? "";
      await using second = await visit(browser, moved);
      await heading(second, "Show your face");
    });
  });

  it("says what happened to a link that was opened before, is over, was cut off, or was ended by the caller", async () => {
    await withCamera([ANNA], async (browser) => {
      const capture = await link();
      await using first = await visit(browser, capture.url);
      await heading(first, "Show your face");
      await using second = await visit(browser, capture.url);
      await heading(second, "This link was opened before");
      await isGood(second, "used");
      await first.page.reload();
      await heading(first, "Show your face");
      await server.call(`/v1/capture-sessions/${capture.id}`, { method: "DELETE" });
      await press(first, "Start the camera");
      await heading(first, "This link is over");

      const short = await link({ expiresInSeconds: 5 });
      const session = await sessionWhere(short, (one) => one["status"] === "expired");
      assert.notEqual(session["endedAt"], null);
      await using late = await visit(browser, short.url);
      await heading(late, "This link is over");
      await isGood(late, "expired");
      await using cut = await visit(browser, (await link()).url.slice(0, -20));
      await heading(cut, "This link does not work");
    });
  });

  it("ends a capture whose page is closed half-way or that the person cancels", async () => {
    await withCamera([], async (browser) => {
      const [left, cancelled] = [await link(), await link()];
      const visitor = await visit(browser, left.url);
      await press(visitor, "Start the camera");
      await heading(visitor, "We can't see your face");
      await visitor.page.close({ runBeforeUnload: false });
      await using other = await visit(browser, cancelled.url);
      await press(other, "Cancel");
      await heading(other, "Cancelled");
      await isGood(other, "cancelled");
      const ends = await Promise.all(
        [left, cancelled].map(async (one) => await sessionWhere(one, ({ status }) => status !== "open")),
      );
      assert.deepEqual(
        ends.map((one) => [one["status"], one["reason"]]),
        [
          ["closed", "left"],
          ["closed", "cancelled"],
        ],
      );
      const { body } = await server.call("/v1/operator-events?limit=500");
      const told = (body["items"] as { data: Record<string, unknown> }[]).map((one) => one.data["captureSessionId"]);
      assert.ok(told.includes(left.id) && told.includes(cancelled.id));
      await visitor[Symbol.asyncDispose]();
    });
  });

  it("can be walked through with the keyboard alone", async () => {
    await withCamera([ANNA_LATER], async (browser) => {
      const capture = await link();
      await using visitor = await visit(browser, capture.url);
      await heading(visitor, "Show your face");
      const { page } = visitor;
      assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H1");
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Start the camera");
      await page.keyboard.press("Enter");
      await page.locator("video").waitFor();
      await isGood(visitor, "stage");
      await heading(visitor, "Thank you");
    });
  });

  it("shows within another site's page, by whom the policy names alone, and tells it of the end", async () => {
    const shop = createServer((_request, response) => {
      response.setHeader("content-type", "text/html");
      response.end(
        `<!doctype html><title>shop</title><body><script type="module" src="${server.url}/capture/component.js"></script>`,
      );
    });
    await new Promise<void>((resolve) => shop.listen(0, "127.0.0.1", resolve));
    const origin = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
    try {
      await withCamera([ANNA_LATER], async (browser) => {
        const embed = async (until: (page: Page) => Promise<unknown>): Promise<Visitor> => {
          const visitor = await visit(browser, origin);
          const shown = until(visitor.page);
          await visitor.page.context().grantPermissions(["camera"], { origin });
          const { url } = await link();
          await visitor.page.evaluate((src) => {
            const element = document.createElement("sameface-capture");
            element.setAttribute("src", src);
            element.addEventListener("capture", (event) => {
              document.title += ` ${(event as CustomEvent<{ state: string }>).detail.state}`;
            });
            document.body.append(element);
          }, url);
          await shown;
          return visitor;
        };
        // The policy must not change before the browser has refused the frame.
        await using refused = await embed(
          async (page) => await page.waitForEvent("console", (message) => message.text().includes("frame-ancestors")),
        );
        await server.call("/v1/policy", { method: "PUT", body: { capture: { frameAncestors: [origin] } } });
        await using visitor = await embed(async (page) => await page.waitForEvent("frameattached"));
        const frame = visitor.page.frameLocator("iframe");
        await frame.getByRole("button", { name: "Start the camera" }).click();
        await visitor.page.waitForFunction(() => document.title === "shop ready done", undefined, { timeout: 60_000 });
        assert.ok(
          refused.complaints.some((one) => one.includes("frame-ancestors")),
          refused.complaints.join(),
        );
        assert.deepEqual(visitor.complaints, []);
      });
    } finally {
      shop.close();
    }
  });

  it("weighs at most 60 KB gzipped, all its parts together", () => {
    const pages = fileURLToPath(pageFolder());
    const html = readFileSync(path.join(pages, "capture.html"), "utf8");
    const parts = globSync("assets/*", { cwd: pages }).filter((part) => html.includes(part));
    assert.ok(parts.length >= 3, parts.join());
    const bytes = [html, ...parts.map((part) => readFileSync(path.join(pages, part)))].map(
      (one) => gzipSync(one).length,
    );
    const total = bytes.reduce((sum, one) => sum + one, 0);
    assert.ok(total <= 60_000, `${total} bytes`);
  });
});
