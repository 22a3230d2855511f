import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { handClock } from "./hand-clock.fixture.ts";
import { LogSink } from "./log-sink.ts";

/** A reader that takes as much as it is told to, and a clock whose timers a test fires. */
function bench() {
  const { clock, timers, ring } = handClock();
  const reader = { room: Number.POSITIVE_INFINITY, gone: false, text: "" };
  const write = (bytes: Uint8Array): number => {
    if (reader.gone) throw Object.assign(new Error("gone"), { code: "EPIPE" });
    if (reader.room === 0) throw Object.assign(new Error("full"), { code: "EAGAIN" });
    const taken = Math.min(reader.room, bytes.length);
    reader.text += Buffer.from(bytes.subarray(0, taken)).toString("utf8");
    reader.room -= taken;
    return taken;
  };
  const sink = new LogSink({ clock, write });
  const log = (line: string): void => {
    sink.write(line);
  };
  return { reader, fire: ring, log, timers };
}

describe("a log sink", () => {
  it("writes at once, in order, while somebody reads", () => {
    const { reader, log, timers } = bench();
    log("a\n");
    log("b\n");
    assert.deepEqual([reader.text, timers.size], ["a\nb\n", 0]);
  });

  it("keeps what is not taken, the rest of a line too, and goes on where it stopped", () => {
    const { reader, log, fire, timers } = bench();
    reader.room = 3;
    log("first\n");
    log("second\n");
    assert.deepEqual([reader.text, timers.size], ["fir", 1]);
    fire();
    assert.equal(reader.text, "fir");
    reader.room = Number.POSITIVE_INFINITY;
    fire();
    assert.equal(reader.text, "first\nsecond\n");
  });

  it("drops what is more than a megabyte, and tells how many lines once somebody reads again", () => {
    const { reader, log, fire } = bench();
    reader.room = 0;
    const line = `${"x".repeat(999)}\n`;
    for (let n = 0; n < 1_007; n += 1) log(line);
    reader.room = Number.POSITIVE_INFINITY;
    fire();
    const lines = reader.text.trimEnd().split("\n");
    assert.equal(lines.length, 1_001);
    const told = JSON.parse(lines[1_000] ?? "") as Record<string, unknown>;
    assert.deepEqual([told["level"], told["count"]], ["warn", 7]);
    log("after\n");
    assert.ok(reader.text.endsWith("after\n"));
  });

  it("gives up quietly what a reader that is gone will never read", () => {
    const { reader, log, timers } = bench();
    reader.gone = true;
    log("a\n");
    log("b\n");
    assert.deepEqual([reader.text, timers.size], ["", 0]);
  });
});
