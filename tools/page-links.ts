import { posix } from "node:path";
import { anchorsOf, headingsOf, withoutCode } from "./markdown-page.ts";

/** What a page points at; `line` counts from 1. */
export interface PageLink {
  readonly target: string;
  readonly line: number;
}

/** In Markdown `](…)` with or without a title, `[name]: …`, `<https://…>`; in HTML `href` and `src`. */
const LINK =
  /\]\(\s*<?([^)>\s]*)>?(?:\s+"[^"]*")?\s*\)|^ {0,3}\[[^\]]+\]:\s+(\S+)|<([a-z]+:\/\/[^>\s]*)>|\b(?:href|src)="([^"]*)"/gm;

/** Links and pictures of a page, code left out. */
export function linksOf(markdown: string): PageLink[] {
  const text = withoutCode(markdown);
  return [...text.matchAll(LINK)].map((match) => ({
    target: match.slice(1).join(""), // one of them matched
    line: text.slice(0, match.index).split("\n").length,
  }));
}

/** What the judge asks of the tree. */
export interface Tree {
  exists(path: string): boolean;
  /** `null`: no such page. */
  page(path: string): string | null;
}

/**
 * What is wrong with a link, or `null`. Files and anchors are looked up; addresses of the web are read, and never asked:
 * the check must say the same without a network.
 * @param from the page, from the root
 */
export function faultOf(target: string, from: string, tree: Tree): string | null {
  if (/^[a-z][a-z+.-]*:/i.test(target)) return faultOfAddress(target);
  const [file = "", anchor] = target.split("#");
  const path = file === "" ? from : posix.join(posix.dirname(from), decodeURIComponent(file));
  if (path.startsWith("..")) return "leads out of the repository";
  if (!tree.exists(path)) return "no such file";
  if (anchor === undefined) return null;
  const page = path.endsWith(".md") ? tree.page(path) : null;
  return page !== null && anchorsOf(headingsOf(page)).includes(anchor) ? null : "no such heading";
}

function faultOfAddress(target: string): string | null {
  if (/^(mailto|tel):/.test(target)) return null;
  const url = URL.parse(target);
  if (url === null) return "no address";
  const local = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  if (url.protocol !== "https:" && !(local && url.protocol === "http:")) return "not https";
  return local || /^[a-z\d-]+(\.[a-z\d-]+)+$/.test(url.hostname) ? null : "no host that could exist";
}
