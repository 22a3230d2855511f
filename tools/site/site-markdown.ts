import { slugOf } from "../markdown-page.ts";
import { addressOn, type SitePage } from "./site-pages.ts";

/** What is used of the generator's Markdown library, markdown-it. */
export interface MarkdownLibrary {
  enable(rule: string): void;
  readonly core: { readonly ruler: { push(name: string, rule: (state: State) => void): void } };
}

interface State {
  readonly env: { readonly sitePage: SitePage };
  readonly tokens: Token[];
  readonly Token: new (type: string, tag: string, nesting: 1 | 0 | -1) => Token;
}

interface Token {
  readonly type: string;
  readonly content: string;
  children: Token[] | null;
  attrGet(name: string): string | null;
  attrSet(name: string, value: string): void;
}

/** Headings get GitHub's anchors; links to pages, and pages that are named in code, lead to the page of the site. */
export function amendMarkdown(library: MarkdownLibrary, pages: ReadonlyMap<string, SitePage>): void {
  library.enable("code");
  library.core.ruler.push("anchors", (state) => {
    setAnchors(state.tokens);
  });
  library.core.ruler.push("addresses", (state) => {
    const address = (target: string): string | null => addressOn(pages, state.env.sitePage, target);
    let inLink = false;
    for (const token of state.tokens) {
      token.children &&= token.children.flatMap((child) => {
        if (child.type === "link_open") follow(child, address);
        inLink = child.type === "link_open" || (inLink && child.type !== "link_close");
        const to = child.type === "code_inline" && !inLink ? address(child.content) : null;
        return to === null ? [child] : linked(state, child, to);
      });
    }
  });
}

function setAnchors(tokens: readonly Token[]): void {
  const seen = new Map<string, number>();
  for (const [at, token] of tokens.entries()) {
    if (token.type !== "heading_open") continue;
    const parts = tokens[at + 1]?.children ?? [];
    const slug = slugOf(parts.map((part) => part.content).join(""));
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    token.attrSet("id", count === 0 ? slug : `${slug}-${count}`);
  }
}

function follow(link: Token, address: (target: string) => string | null): void {
  const to = address(link.attrGet("href") ?? "");
  if (to !== null) link.attrSet("href", to);
}

function linked({ Token }: State, child: Token, to: string): Token[] {
  const open = new Token("link_open", "a", 1);
  open.attrSet("href", to);
  return [open, child, new Token("link_close", "a", -1)];
}
