import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { imageFormat } from "./image-format.ts";

describe("imageFormat", () => {
  it("names the three formats by their first bytes", () => {
    assert.equal(imageFormat(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)), "jpeg");
    assert.equal(imageFormat(Buffer.from("\x89PNG\r\n\x1a\n", "latin1")), "png");
    assert.equal(imageFormat(Buffer.from("RIFF\0\0\0\0WEBP", "latin1")), "webp");
  });

  it("names nothing else: cut magic, TIFF, GIF, SVG, HEIC, AVIF, PDF, RIFF that is no WebP", () => {
    const others = ["", "\xff", "\xff\xd8", "\x89PNG\r\n\x1a", "II*\0", "MM\0*", "GIF89a", "<svg xmlns=", "%PDF-1.7"];
    const containers = [
      "\0\0\0\x18ftypheic",
      "\0\0\0\x18ftypavif",
      "RIFF\0\0\0\0WAVE",
      "RIFF\0\0\0\0WEB",
      "RIFX\0\0\0\0WEBP",
    ];
    for (const text of [...others, ...containers]) {
      assert.equal(imageFormat(Buffer.from(text, "latin1")), null, JSON.stringify(text));
    }
  });
});
