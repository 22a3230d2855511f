import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { perceptualHash } from "./perceptual-hash.ts";

const SIZE = 112;
const paint = (of: (x: number, y: number) => number): Uint8Array =>
  Uint8Array.from({ length: SIZE * SIZE * 3 }, (_, at) => of(Math.floor(at / 3) % SIZE, Math.floor(at / 3 / SIZE)));

/** Bits in which two hashes differ. */
const apart = (a: string, b: string): number =>
  (BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2).replaceAll("0", "").length;

const face = (x: number, y: number): number => 110 + 70 * Math.sin(x / 9) * Math.cos(y / 13);

describe("perceptualHash", () => {
  it("is 64 bits, none set where every field is as bright as its neighbour", () => {
    assert.equal(
      perceptualHash(
        paint(() => 90),
        SIZE,
      ),
      "0".repeat(16),
    );
    assert.equal(
      perceptualHash(
        paint((x) => 255 - x * 2),
        SIZE,
      ),
      "f".repeat(16),
    );
  });

  it("changes in few bits with light and noise, and in many with another picture", () => {
    const first = perceptualHash(paint(face), SIZE);
    const again = perceptualHash(
      paint((x, y) => face(x, y) * 0.8 + 20 + ((x * 31 + y * 17) % 5)),
      SIZE,
    );
    const other = perceptualHash(
      paint((x, y) => face(y * 2, x + 40)),
      SIZE,
    );
    assert.ok(apart(first, again) <= 4, `${apart(first, again)}`);
    assert.ok(apart(first, other) >= 16, `${apart(first, other)}`);
  });
});
