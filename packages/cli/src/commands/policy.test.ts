import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { answering } from "../answering.fixture.ts";
import { EXIT } from "../exit-codes.ts";
import { runProgram } from "../program.ts";
import { keptTerminal } from "../terminal.fixture.ts";

const POLICY = { thresholds: { match: "balanced" }, capture: { returnUrls: [] }, retention: { pictureDays: 7 } };

describe("sameface policy", () => {
  it("shows a line for each thing that is decided, and all of it with --json", async () => {
    await using server = await answering(200, { ...POLICY, stated: { threshold: 0.55 } });
    const terminal = keptTerminal();
    assert.equal(await runProgram(terminal, ["policy", "show", "--url", server.url]), EXIT.done);
    assert.deepEqual(terminal.lines, [
      "thresholds.match = balanced",
      "capture.returnUrls = []",
      "retention.pictureDays = 7",
    ]);
    const json = keptTerminal();
    await runProgram(json, ["policy", "show", "--json", "--url", server.url]);
    assert.deepEqual(JSON.parse(json.lines.join("")), { ...POLICY, stated: { threshold: 0.55 } });
  });

  it("sends what is to change and nothing else: words, numbers, true and lists", async () => {
    await using server = await answering(200, POLICY);
    const changes = [
      "retention.pictureDays=7",
      "thresholds.match=strict",
      "lockout.waitSeconds=60",
      "lockout.stopAfterFailures=20",
      "secondFactor=true",
      'capture.returnUrls=["https://shop.example/back?"]',
    ];
    const terminal = keptTerminal();
    assert.equal(await runProgram(terminal, ["policy", "set", ...changes, "--url", server.url]), EXIT.done);
    const [put] = server.asked;
    assert.deepEqual([put?.method, put?.url], ["PUT", "/v1/policy"]);
    assert.deepEqual(JSON.parse(put?.body ?? ""), {
      retention: { pictureDays: 7 },
      thresholds: { match: "strict" },
      lockout: { waitSeconds: 60, stopAfterFailures: 20 },
      secondFactor: true,
      capture: { returnUrls: ["https://shop.example/back?"] },
    });
    assert.ok(terminal.lines.includes("retention.pictureDays = 7"));
  });

  it("ends with 2 for what is no name=value, and for nothing at all", async () => {
    for (const args of [["secondFactor"], ["=7"], []]) {
      assert.equal(await runProgram(keptTerminal(), ["policy", "set", ...args]), EXIT.usage, args.join(" "));
    }
  });
});
