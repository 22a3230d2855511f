import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { describe, it } from "node:test";
import { coresOf, physicalCores } from "./physical-cores.ts";

describe("physicalCores", () => {
  it("counts two threads of one core once, and one core number on two sockets twice", () => {
    const thread = (socket: number, core: number) => `physical id\t: ${socket}\ncpu cores\t: 2\ncore id\t\t: ${core}`;
    assert.equal(coresOf([thread(0, 0), thread(0, 1), thread(0, 0), thread(0, 1)].join("\n\n")), 2);
    assert.equal(coresOf([thread(0, 0), thread(1, 0)].join("\n\n")), 2);
    assert.equal(coresOf("processor\t: 0\nBogoMIPS\t: 48.00\n"), 0);
  });

  it("is at least 1 and at most what this process may use", () => {
    assert.ok(physicalCores() >= 1 && physicalCores() <= availableParallelism());
  });
});
