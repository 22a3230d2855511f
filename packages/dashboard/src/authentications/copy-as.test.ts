import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, it } from "node:test";
import { curlOf, fixtureOf } from "./copy-as.ts";

const SENT = {
  url: "https://shop.example/hook?a=1&b='2'",
  eventId: "0123456789abcdef01234567",
  body: `{"customerId":"it's $HOME \`id\` \\" !","n":1.0}`,
  at: "2027-01-01T00:00:00Z",
};

describe("what was sent, to take along", () => {
  it("is a shell command whose words are the very bytes", () => {
    const script = curlOf(SENT).replace(/^curl/, `printf '%s\\n'`);
    const words = execFileSync("sh", ["-c", script], { encoding: "utf8" }).trimEnd().split("\n");
    assert.deepEqual([words[2], words.at(-1)], [SENT.url, SENT.body]);
  });

  it("is a fixture that keeps 1.0 as it was signed", () => {
    const { body, id, at } = JSON.parse(fixtureOf(SENT)) as Record<string, string>;
    assert.deepEqual([body, id, at], [SENT.body, SENT.eventId, SENT.at]);
  });
});
