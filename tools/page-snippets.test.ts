import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { callsOf, snippetsOf } from "./page-snippets.ts";

describe("snippetsOf", () => {
  it("takes blocks without the indent of their list, and leaves quotes of files alone", () => {
    const page = "a\n   ```sh\n   ls\n     -l\n   ```\n```ts a/b.ts\nx\n```\n```\nfree\n```\n";
    assert.deepEqual(snippetsOf(page), [
      { language: "sh", text: "ls\n  -l\n", line: 3 },
      { language: "", text: "free\n", line: 10 },
    ]);
  });
});

describe("callsOf", () => {
  it("reads command, sub-command and options, over continued lines and beside other commands", () => {
    const shell =
      'A=1 npx sameface keys add bob --scope "x y" && ls --all\nsameface listen \\\n  --forward-to URL # --not\n';
    assert.deepEqual(callsOf(shell), [
      { words: ["keys", "add", "bob"], options: ["--scope"] },
      { words: ["listen"], options: ["--forward-to"] },
    ]);
  });
});
