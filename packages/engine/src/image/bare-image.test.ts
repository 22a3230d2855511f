import assert from "node:assert/strict";
import { describe, it } from "node:test";
import sharp from "sharp";
import { bareImage } from "./bare-image.ts";

const CANARY = "canary-of-a-place-71c2";

async function withExif(format: "jpeg" | "png" | "webp"): Promise<Buffer> {
  const image = sharp({ create: { width: 80, height: 64, channels: 3, background: "#804020" } })
    .withExif({ IFD0: { Copyright: CANARY, Orientation: "6" } })
    .withMetadata({ orientation: 6, exif: { IFD0: { Copyright: CANARY } } });
  return await image.toFormat(format).toBuffer();
}

describe("a bare image", () => {
  it("has the same pixels as its file, tells how it is turned, and holds nothing else", async () => {
    for (const format of ["jpeg", "png", "webp"] as const) {
      const file = await withExif(format);
      assert.ok(file.includes(CANARY), `${format} has something to lose`);
      const bare = bareImage(file);
      assert.deepEqual([bare?.format, bare?.orientation], [format, 6]);
      const bytes = Buffer.from(bare?.bytes ?? []);
      assert.ok(!bytes.includes(CANARY));
      const pixels = async (input: Buffer) => await sharp(input, { autoOrient: false }).raw().toBuffer();
      assert.deepEqual(await pixels(bytes), await pixels(file));
    }
  });

  it("is none where the file is no picture or its header can't be read", async () => {
    assert.equal(bareImage(Buffer.from("{}")), null);
    assert.equal(bareImage((await withExif("jpeg")).subarray(0, 100)), null);
  });
});
