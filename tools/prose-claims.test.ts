import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { claimsOf, quotesOf } from "./prose-claims.ts";

const texts = (markdown: string): string[] => claimsOf(markdown).map((claim) => `${claim.kind} ${claim.text}`);

describe("claimsOf", () => {
  it("takes paths from code, and leaves addresses, keys, words and addresses of an API alone", () => {
    const page = "See `tools/a.ts`, `docs/adr/`, [here](docs/b.md#x), `/v1/keys`, `webhook-id`, `a.b`, `a/b`.";
    assert.deepEqual(texts(page), ["path tools/a.ts", "path docs/adr/"]);
  });

  it("takes commands from code in the line and from blocks, and no path from a block", () => {
    const page =
      "`npm run check` and\n```sh\nnpm ci && npm start\nnpm run lane -- img\nnpx sameface doctor\ncat x.ts\n```\n";
    assert.deepEqual(texts(page), ["script check", "script start", "script lane", "lane img", "command doctor"]);
  });

  it("tells the line", () => {
    assert.deepEqual(claimsOf("\n\n`a/b.ts`"), [{ kind: "path", text: "a/b.ts", line: 3 }]);
  });
});

describe("quotesOf", () => {
  it("takes blocks whose fence names a file, and leaves other blocks alone", () => {
    const page = "a\n```ts tools/a.ts\nconst a = 1;\n```\n```sh\nls\n```\n```sh api\nls\n```\n";
    assert.deepEqual(quotesOf(page), [{ path: "tools/a.ts", text: "const a = 1;\n", line: 2 }]);
  });
});
