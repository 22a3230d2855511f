import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { ServerProcess } from "../support/server-process.ts";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where the system's Chromium is; `null`: nowhere, a failure with `CI=true`. `SAMEFACE_TEST_CHROMIUM` names another. */
export function chromiumPath(): string | null {
  const found = process.env["SAMEFACE_TEST_CHROMIUM"] ?? PLACES.find((place) => existsSync(place)) ?? null;
  if (found === null && process.env["CI"] === "true") throw new Error("there is no Chromium");
  return found;
}

/** Widths and colours that pages are looked at with. */
export const LOOKS = {
  desktop: { viewport: { width: 1280, height: 800 }, colorScheme: "light" },
  "desktop-dark": { viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: "light", hasTouch: true },
  "phone-dark": { viewport: { width: 390, height: 844 }, colorScheme: "dark", hasTouch: true },
} as const satisfies Record<string, BrowserContextOptions>;

/** One browser for a file of tests. */
export async function launchBrowser(args: readonly string[] = []): Promise<Browser> {
  return await chromium.launch({
    executablePath: chromiumPath() ?? "",
    // Root of a container may not make namespaces; the pages are ours.
    args: ["--no-sandbox", "--disable-dev-shm-usage", ...args],
  });
}

/** A person at a page: everything that a browser complains about is kept. */
export interface Visitor extends AsyncDisposable {
  readonly page: Page;
  /** Console errors, uncaught exceptions, broken content security policies. */
  readonly complaints: readonly string[];
  /** Types the key into the sign-in page and waits for the overview. */
  signIn(key: string): Promise<void>;
  /** Goes to a place behind `#` and waits till nothing loads. */
  visit(hash: string): Promise<void>;
  /** Findings of axe on what is shown, each with its element. */
  axe(): Promise<readonly string[]>;
}

/** A new context of the browser at a server. */
export async function openVisitor(
  browser: Browser,
  server: Pick<ServerProcess, "url">,
  look: BrowserContextOptions = LOOKS.desktop,
): Promise<Visitor> {
  const context = await browser.newContext({ ...look, locale: "en-GB", timezoneId: "UTC", reducedMotion: "reduce" });
  const page = await context.newPage();
  const complaints = await listen(page);
  const settled = async (): Promise<void> => {
    await page.waitForFunction(
      () => document.querySelector("h1") !== null && document.querySelector(".skeleton") === null,
    );
  };
  await page.goto(server.url);
  return {
    page,
    complaints,
    signIn: async (key) => {
      await page.getByLabel("API key").fill(key);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("navigation", { name: "Pages" }).waitFor();
      await settled();
    },
    visit: async (hash) => {
      await page.evaluate((to) => {
        window.location.hash = to;
      }, hash);
      await settled();
    },
    axe: async () => await runAxe(page),
    [Symbol.asyncDispose]: async () => {
      await context.close();
    },
  };
}

/** Keeps what a page complains of. */
async function listen(page: Page): Promise<readonly string[]> {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  await page.exposeFunction("reportViolation", (text: string) => complaints.push(`policy: ${text}`));
  await page.addInitScript(() => {
    const report = (globalThis as unknown as { reportViolation: (text: string) => void }).reportViolation;
    document.addEventListener("securitypolicyviolation", (event) => {
      report(`${event.effectiveDirective} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  return complaints;
}

interface AxeFinding {
  readonly id: string;
  readonly impact: string | null;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

async function runAxe(page: Page): Promise<readonly string[]> {
  const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(`if (globalThis.axe === undefined) { ${source} }`);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: AxeFinding[] }> } };
    return (await axe.run()).violations;
  });
  return found.flatMap(({ id, impact, help, nodes }) =>
    nodes.map((node) => `${impact ?? "?"} ${id}: ${help}: ${node.html} ${node.failureSummary ?? ""}`),
  );
}
