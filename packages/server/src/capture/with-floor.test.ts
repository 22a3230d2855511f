import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withFloor } from "./with-floor.ts";

describe("withFloor", () => {
  it("answers at the floor or at a multiple of it, whatever the work took", async () => {
    const answered: number[] = [];
    for (const tookMs of [0, 1, 499, 500, 501, 1200]) {
      let nowMs = 1000;
      const clock = {
        monotonicMs: () => nowMs,
        after: (delayMs: number, callback: () => void) => {
          nowMs += delayMs;
          callback();
          return () => undefined;
        },
      };
      const result = await withFloor({ clock, floorMs: 500 }, async () => {
        nowMs += tookMs;
        return await Promise.resolve("done");
      });
      assert.equal(result, "done");
      answered.push(nowMs - 1000);
    }
    assert.deepEqual(answered, [500, 500, 500, 500, 1000, 1500]);
  });
});
