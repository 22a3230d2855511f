import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Clock } from "../clock.ts";
import { createLog, faultFields } from "./log.ts";

describe("createLog", () => {
  const clock: Clock = { nowMs: () => 0, monotonicMs: () => 0, after: () => () => undefined };
  const written = (level: string, write: (log: ReturnType<typeof createLog>) => void): string[] => {
    const lines: string[] = [];
    write(createLog({ level, clock, write: (line) => lines.push(line) }));
    return lines;
  };

  it("writes the fields of its list and leaves out whatever else an object holds", () => {
    const fields = { outcome: "passed", status: 0, reason: null, authorization: "Bearer x", customerId: "anna" };
    const [line = ""] = written("info", (log) => {
      log.info("decided", fields);
    });
    assert.deepEqual(JSON.parse(line), {
      time: "1970-01-01T00:00:00.000Z",
      level: "info",
      message: "decided",
      status: 0,
      outcome: "passed",
      reason: null,
    });
  });

  it("forges no line out of CR and LF", () => {
    const [line = ""] = written("info", (log) => {
      log.info("x", { reason: 'a\r\n{"level":"error"}' });
    });
    assert.equal(line.split(/[\r\n]/).length, 2);
  });

  it("writes its level and what is above, and nothing when silent", () => {
    const all = (log: ReturnType<typeof createLog>): void => {
      for (const level of ["debug", "info", "warn", "error"] as const) log[level](level);
    };
    assert.deepEqual(
      ["debug", "info", "warn", "error", "silent"].map((level) => written(level, all).length),
      [4, 3, 2, 1, 0],
    );
  });

  it("tells of a fault its kind and its way, never its message", () => {
    const told = faultFields(Object.assign(new TypeError("the key was hunter2\n    at hunter2"), { code: "EX" }));
    assert.deepEqual([told.fault, told.faultCode], ["TypeError", "EX"]);
    assert.deepEqual(faultFields("hunter2"), { fault: "string" });
    assert.match(String(told.at), /log\.test\.ts/);
    assert.doesNotMatch(JSON.stringify(told), /hunter2/);
  });
});
