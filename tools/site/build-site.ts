import { existsSync, globSync, readFileSync, rmSync } from "node:fs";
import { posix, relative } from "node:path";
import { Eleventy } from "@11ty/eleventy";
import { ROOT } from "../root.ts";
import { amendMarkdown } from "./site-markdown.ts";
import { FILES, readSitePages, SECTIONS, type SitePage } from "./site-pages.ts";

// Eleventy, and why: MIT, released in June, October and November 2026, 23 MB and 128 packages, none with an
// install script. VitePress 1.6.4 is 102 MB, brings a second Vite and esbuild's install script, and is of August 2025;
// Rspress 2.0 is 121 MB, Astro with Starlight 183 MB with an install script. Measured on 2026-11-25 by installing each.

/** Where the site is built, from the root; not committed. */
export const SITE = ".cache/site";

function menuOf(pages: readonly SitePage[]): readonly { readonly name: string; readonly pages: readonly SitePage[] }[] {
  return SECTIONS.filter(([, name]) => name !== "").map(([, name]) => ({
    name,
    pages: pages.filter((page) => page.section === name),
  }));
}

/** Builds every page and answers how many. */
export async function buildSite(): Promise<number> {
  rmSync(ROOT + SITE, { recursive: true, force: true });
  const here = relative(process.cwd(), import.meta.dirname);
  const from = (path: string): string => relative(process.cwd(), ROOT + path);
  const pages = readSitePages();
  const bySource = new Map(pages.map((page) => [page.source, page]));
  const eleventy = new Eleventy(here, from(SITE), {
    quietMode: true,
    configPath: false,
    config: (config) => {
      config.addGlobalData("menu", menuOf(pages));
      config.addGlobalData("layout", "page.njk");
      config.amendLibrary("md", (library) => {
        amendMarkdown(library, bySource);
      });
      for (const page of pages) {
        const root = posix.relative(posix.dirname(page.path), ".");
        config.addTemplate(`${here}/${page.source}`, page.markdown, {
          sitePage: page,
          permalink: page.path,
          root: root === "" ? "" : `${root}/`,
        });
      }
      config.addPassthroughCopy(Object.fromEntries(FILES.map((file) => [from(file), file])));
      config.addPassthroughCopy({ [`${here}/site.css`]: "site.css" });
      return { markdownTemplateEngine: false };
    },
  });
  await eleventy.init();
  await eleventy.write();
  return pages.length;
}

/** Links of the built pages that lead nowhere: no such file, or no such anchor in it. */
export function deadLinks(): string[] {
  const pages = new Map(
    globSync("**/*.html", { cwd: ROOT + SITE }).map((path) => [path, readFileSync(`${ROOT}${SITE}/${path}`, "utf8")]),
  );
  return [...pages].flatMap(([path, html]) =>
    [...html.matchAll(/ (?:href|src)="([^"]*)"/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !/^[a-z]+:/.test(target) && !resolves(pages, path, target))
      .map((target) => `${SITE}/${path}: leads nowhere: ${target}`),
  );
}

function resolves(pages: ReadonlyMap<string, string>, from: string, target: string): boolean {
  const [file = "", anchor] = target.split("#");
  const path = file === "" ? from : posix.join(posix.dirname(from), file);
  if (anchor === undefined) return existsSync(`${ROOT}${SITE}/${path}`);
  return pages.get(path)?.includes(` id="${anchor}"`) === true;
}
