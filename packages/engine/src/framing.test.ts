import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createFrameReader, encodeFrame } from "./framing.ts";

const LIMITS = { maxHeadBytes: 100, maxBodyBytes: 1000 };

function bytesOf(...frames: readonly (readonly Uint8Array[])[]): Buffer {
  return Buffer.concat(frames.flat());
}

describe("createFrameReader", () => {
  it("gives back what was encoded, however the bytes are cut", () => {
    const bytes = bytesOf(encodeFrame({ a: "ü" }, Uint8Array.of(1, 2, 3)), encodeFrame({ b: 2 }));
    for (let size = 1; size <= bytes.length; size += 1) {
      const reader = createFrameReader(LIMITS);
      const frames = [];
      for (let at = 0; at < bytes.length; at += size)
        frames.push(...(reader.push(bytes.subarray(at, at + size)) ?? []));
      assert.deepEqual(
        frames.map(({ head, body }) => ({ head, body: [...body] })),
        [
          { head: { a: "ü" }, body: [1, 2, 3] },
          { head: { b: 2 }, body: [] },
        ],
      );
    }
  });

  it("refuses other first bytes, an empty head and a head that is not JSON", () => {
    assert.equal(createFrameReader(LIMITS).push(Buffer.alloc(12, "x")), null);
    const empty = bytesOf(encodeFrame({}));
    empty.writeUInt32LE(0, 4);
    assert.equal(createFrameReader(LIMITS).push(empty), null);
    const broken = bytesOf(encodeFrame({ a: 1 }));
    broken[12] = 0x78;
    assert.equal(createFrameReader(LIMITS).push(broken), null);
  });

  it("refuses an announcement above its limits before a byte of it has come", () => {
    const head = bytesOf(encodeFrame({ a: "x".repeat(100) }));
    assert.equal(createFrameReader(LIMITS).push(head.subarray(0, 12)), null);
    const body = bytesOf(encodeFrame({ a: 1 }, new Uint8Array(1001)));
    assert.equal(createFrameReader(LIMITS).push(body.subarray(0, 12)), null);
    const largest = bytesOf(encodeFrame({ a: 1 }, new Uint8Array(1000)));
    assert.equal(createFrameReader(LIMITS).push(largest)?.length, 1);
  });
});
