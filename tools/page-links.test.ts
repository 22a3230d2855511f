import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { anchorsOf, headingsOf } from "./markdown-page.ts";
import { faultOf, linksOf } from "./page-links.ts";

const PAGES: Readonly<Record<string, string>> = {
  "docs/a.md": "# A `page` with [a link](b.md)\n## Twice\n## Twice\n```sh\n# no heading\n```\n",
  "README.md": "# Readme\n",
};
const tree = {
  exists: (path: string) => path in PAGES || path === "docs/picture.png",
  page: (path: string) => PAGES[path] ?? null,
};

describe("linksOf", () => {
  it("takes every kind of link with its line, and none out of code", () => {
    const page = [
      '[a](b.md "title") ![p](c.png) [d](<e.md>) `[no](x.md)`',
      "```md",
      "[no](y.md)",
      "```",
      '[name]: f.md\n<https://g.example/> <a href="h.md">',
    ].join("\n");
    assert.deepEqual(
      linksOf(page).map(({ target, line }) => `${line} ${target}`),
      ["1 b.md", "1 c.png", "1 e.md", "5 f.md", "6 https://g.example/", "6 h.md"],
    );
  });
});

describe("faultOf", () => {
  it("looks up files relative to the page, and anchors in the headings that GitHub would make", () => {
    for (const target of [
      "../README.md",
      "picture.png",
      "#twice-1",
      "a.md#a-page-with-a-link",
      "../README.md#readme",
    ]) {
      assert.equal(faultOf(target, "docs/a.md", tree), null, target);
    }
    assert.equal(faultOf("README.md", "docs/a.md", tree), "no such file");
    assert.equal(faultOf("../../x.md", "docs/a.md", tree), "leads out of the repository");
    assert.equal(faultOf("#no-heading", "docs/a.md", tree), "no such heading");
    assert.equal(faultOf("picture.png#x", "docs/a.md", tree), "no such heading");
  });

  it("reads addresses of the web without asking them", () => {
    for (const target of ["https://a.example/b#c", "http://127.0.0.1:8080", "mailto:a@b.example"]) {
      assert.equal(faultOf(target, "README.md", tree), null, target);
    }
    assert.equal(faultOf("https://", "README.md", tree), "no address");
    assert.equal(faultOf("http://a.example", "README.md", tree), "not https");
    assert.equal(faultOf("https://a", "README.md", tree), "no host that could exist");
  });
});

describe("anchorsOf", () => {
  it("drops punctuation and counts what comes twice", () => {
    assert.deepEqual(anchorsOf(headingsOf("# What's `new`, 2.0?\n# Twice\n# Twice #\n")), [
      "whats-new-20",
      "twice",
      "twice-1",
    ]);
  });
});
