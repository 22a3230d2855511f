import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { exifOrientation } from "./exif-orientation.ts";

/** A TIFF structure whose first directory holds the given rows of tag, type, count, value. */
function tiff(
  rows: readonly (readonly [number, number, number, number])[],
  { little = true, directory = 8 } = {},
): Uint8Array {
  const bytes = new Uint8Array(directory + 2 + rows.length * 12 + 4);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, little);
  view.setUint32(4, directory, little);
  view.setUint16(directory, rows.length, little);
  rows.forEach(([tag, type, count, value], index) => {
    const at = directory + 2 + index * 12;
    view.setUint16(at, tag, little);
    view.setUint16(at + 2, type, little);
    view.setUint32(at + 4, count, little);
    view.setUint16(at + 8, value, little);
  });
  return bytes;
}

describe("exifOrientation", () => {
  it("reads the orientation in both byte orders, with and without the Exif header", () => {
    for (const little of [true, false]) {
      for (const value of [1, 2, 3, 4, 5, 6, 7, 8]) {
        const content = tiff(
          [
            [0x0110, 2, 1, 0],
            [0x0112, 3, 1, value],
          ],
          { little },
        );
        assert.equal(exifOrientation(content), value);
        assert.equal(exifOrientation(Uint8Array.from([0x45, 0x78, 0x69, 0x66, 0, 0, ...content])), value);
      }
    }
  });

  it("answers 1 for a value out of range, another type, another count", () => {
    for (const row of [
      [0x0112, 3, 1, 0],
      [0x0112, 3, 1, 9],
      [0x0112, 4, 1, 6],
      [0x0112, 3, 2, 6],
    ] as const) {
      assert.equal(exifOrientation(tiff([row])), 1);
    }
  });

  it("answers 1 for every cut of a directory, and never reads outside it", () => {
    const content = tiff([[0x0112, 3, 1, 6]], { directory: 20 });
    for (let length = 0; length < 34; length += 1) assert.equal(exifOrientation(content.subarray(0, length)), 1);
    assert.equal(exifOrientation(content), 6);
  });

  it("answers 1 where the directory lies outside, or the byte order is neither", () => {
    const far = tiff([[0x0112, 3, 1, 6]]);
    new DataView(far.buffer).setUint32(4, 0xffff_fff0, true);
    assert.equal(exifOrientation(far), 1);
    const odd = tiff([[0x0112, 3, 1, 6]]);
    odd[0] = 0x4d;
    assert.equal(exifOrientation(odd), 1);
  });

  it("looks at no more than 256 entries, however many are claimed", () => {
    const before = Array.from({ length: 256 }, () => [0x0110, 3, 1, 1] as const);
    assert.equal(exifOrientation(tiff([...before, [0x0112, 3, 1, 6]])), 1);
    assert.equal(exifOrientation(tiff([...before.slice(1), [0x0112, 3, 1, 6]])), 6);
  });
});
