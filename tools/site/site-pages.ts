import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { ourFiles } from "../files.ts";
import { headingsOf } from "../markdown-page.ts";
import { ROOT } from "../root.ts";

/** A page of the site: a Markdown file of the repository, at the same place. */
export interface SitePage {
  /** From the root. */
  readonly source: string;
  /** From the root of the site. */
  readonly path: string;
  readonly title: string;
  readonly section: string;
  readonly markdown: string;
}

/** The index: the root of the site. */
const INDEX = "docs/README.md";

/** What is copied beside the pages, since they show or link it. */
export const FILES = ["docs/pictures", "docs/reference/openapi.json", "docs/evaluation.json", "docs/evidence.json"];

/** In the order of the menu; a page belongs to the first that its path begins with. */
export const SECTIONS: readonly (readonly [start: string, name: string])[] = [
  [INDEX, ""],
  ["docs/guides/", "Guides"],
  ["docs/how-to/", "How to"],
  ["docs/reference/", "Reference"],
  ["docs/adr/", "Decisions"],
  ["docs/", "Measured"],
  ["packages/", "Packages"],
  ["", "Repository"],
];

function readPage(source: string): SitePage {
  const markdown = readFileSync(ROOT + source, "utf8");
  return {
    source,
    path: source === INDEX ? "index.html" : source.replace(/\.md$/, ".html"),
    title: headingsOf(markdown)[0] ?? source,
    section: SECTIONS.find(([start]) => source.startsWith(start))?.[1] ?? "",
    markdown,
  };
}

/** Every page that the repository has, but for notes of the next version. */
export function readSitePages(): SitePage[] {
  return ourFiles("*.md")
    .filter((source) => !source.startsWith(".changeset/"))
    .map(readPage);
}

/**
 * Where a page's link to a file of the repository leads on the site.
 * @param target relative to the page, or, as code names it, from the root
 * @returns `null`: the site does not have it
 */
export function addressOn(pages: ReadonlyMap<string, SitePage>, from: SitePage, target: string): string | null {
  const [file = "", anchor] = target.split("#");
  const beside = posix.join(posix.dirname(from.source), file);
  const there = [beside, file].find((path) => pages.has(path) || FILES.some((copied) => path.startsWith(copied)));
  if (there === undefined) return null;
  const address = posix.relative(posix.dirname(from.path), pages.get(there)?.path ?? there);
  return anchor === undefined ? address : `${address}#${anchor}`;
}
