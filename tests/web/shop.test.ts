import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { type DrawnPerson, writeFilm } from "../support/fake-camera.ts";
import { freePort } from "../support/free-port.ts";
import { type ServerProcess, startServerProcess, temporaryFolder } from "../support/server-process.ts";
import { chromiumPath, LOOKS, launchBrowser, openVisitor, type Visitor } from "./browser.ts";

const REPOSITORY = path.resolve(import.meta.dirname, "../..");
const skip = chromiumPath() === null ? "skipped: no Chromium, 3 cases" : false;

/** Measured with our engine: person 12 is live and itself on both takes, 10 is somebody else. */
const ANNA: DrawnPerson = { person: 12, take: 0 };
const ANNA_LATER: DrawnPerson = { person: 12, take: 1 };
const STRANGER: DrawnPerson = { person: 10 };

/** Starts the shop by the last commands of its README, as a reader would. */
async function startShop(server: ServerProcess): Promise<{ readonly url: string; readonly shell: ChildProcess }> {
  const readme = readFileSync(path.join(REPOSITORY, "examples/shop/README.md"), "utf8");
  const [, commands = ""] = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block);
  const shell = spawn("bash", ["-euo", "pipefail", "-c", commands.replaceAll("3000", String(await freePort()))], {
    cwd: REPOSITORY,
    detached: true,
    env: { PATH: process.env["PATH"] ?? "", SAMEFACE_URL: server.url, SAMEFACE_KEY: server.key },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: shell.stdout })) {
    lines.push(line);
    const [, url] = /listening on (\S+)$/.exec(line) ?? [];
    if (url !== undefined) return { url, shell };
  }
  throw new Error(`the shop ended:\n${lines.join("\n")}`);
}

describe("the example shop in a browser", { skip, timeout: 300_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: ServerProcess;
  let shop: Awaited<ReturnType<typeof startShop>>;

  before(async () => {
    folder = await temporaryFolder();
    server = await startServerProcess({ folder: path.join(folder.path, "data") });
    shop = await startShop(server);
  });
  after(async () => {
    await server.stop();
    const ended = once(shop.shell, "exit");
    // The shop is the shell's child: both go.
    process.kill(-(shop.shell.pid ?? 0));
    await ended;
    await folder[Symbol.asyncDispose]();
  });

  const withCamera = async (person: DrawnPerson, work: (browser: Browser) => Promise<void>): Promise<void> => {
    const film = path.join(folder.path, "film.mjpeg");
    await writeFilm(film, [person]);
    const flags = ["--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${film}`];
    const browser = await launchBrowser(flags);
    try {
      await work(browser);
    } finally {
      await browser.close();
    }
  };

  /** A person at the shop who asks for something, and stands before the capture page then. */
  const ask = async (browser: Browser, what: string): Promise<Visitor> => {
    const visitor = await openVisitor(browser, { url: shop.url }, LOOKS.phone);
    await visitor.page.context().grantPermissions(["camera"], { origin: server.url });
    const form = visitor.page.locator("form", { has: visitor.page.getByRole("button", { name: what }) });
    await form.getByLabel("Customer").fill("anna");
    await form.getByRole("button").click();
    return visitor;
  };
  const show = async ({ page }: Visitor): Promise<void> => {
    await page.getByRole("button", { name: "Start the camera", exact: true }).click();
  };
  const reads = async ({ page }: { readonly page: Page }, text: string): Promise<void> => {
    await page.getByRole("status").filter({ hasText: text }).waitFor({ timeout: 60_000 });
  };

  it("sets up a face with consent, and lets its owner in once the webhook is there", async () => {
    await withCamera(ANNA, async (browser) => {
      await using visitor = await ask(browser, "Set up my face");
      await visitor.page.getByRole("button", { name: "I agree", exact: true }).click();
      await show(visitor);
      await reads(visitor, "Your face is set up, anna.");
    });
    await withCamera(ANNA_LATER, async (browser) => {
      await using visitor = await ask(browser, "Log in with my face");
      await show(visitor);
      await reads(visitor, "Welcome back, anna.");
    });
  });

  it("lets nobody in by the pass of another browser that asked for the same customer", async () => {
    await withCamera(ANNA_LATER, async (browser) => {
      await using thief = await ask(browser, "Log in with my face");
      await using owner = await ask(browser, "Log in with my face");
      await show(owner);
      await reads(owner, "Welcome back, anna.");
      await thief.page.goto(`${shop.url}/back`);
      await reads(thief, "One moment, anna.");
    });
  });

  it("keeps a stranger out, and says that nothing was decided where somebody cancels", async () => {
    await withCamera(STRANGER, async (browser) => {
      await using visitor = await ask(browser, "Log in with my face");
      await show(visitor);
      await reads(visitor, "That did not work.");
      await using other = await ask(browser, "Log in with my face");
      await other.page.getByRole("button", { name: "Cancel", exact: true }).click();
      await other.page.goto(`${shop.url}/back`);
      await reads(other, "Nothing was decided.");
    });
  });
});
