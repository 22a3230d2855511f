import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import sharp, { type Sharp } from "sharp";
import {
  exifWith,
  pngChunk,
  riffChunk,
  webpCanvas,
  webpOf,
  withJpegOrientation,
  withJpegSegments,
  withPngChunks,
} from "../fixtures/image-parts.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import type { Picture } from "../picture.ts";
import { confineDecoder, decode } from "./decode.ts";
import { imageFormat } from "./image-format.ts";
import { readHeader } from "./read-header.ts";

const WIDTH = 160;
const HEIGHT = 96;
const CANARY = Buffer.from("canary-of-the-metadata");

/** A drawn picture without any symmetry: a slope of colour and a corner that stands out. */
const upright = Uint8Array.from(
  Array.from({ length: WIDTH * HEIGHT }, (_, index) => {
    const x = index % WIDTH;
    const y = Math.floor(index / WIDTH);
    return x < 40 && y < 20 ? [250, 20, 20] : [x, y * 2, 255 - x];
  }).flat(),
);
const raw = { raw: { width: WIDTH, height: HEIGHT, channels: 3 } } as const;

// Degrees clockwise, and whether it is mirrored left to right before that (sharp's order), that make the stored picture out of the upright one.
const STORED_TURNED = {
  1: [0, false],
  2: [0, true],
  3: [180, false],
  4: [180, true],
  5: [270, true],
  6: [270, false],
  7: [90, true],
  8: [90, false],
} as const;

function drawn(): Sharp {
  return sharp(upright, raw);
}

async function decodeFile(bytes: Uint8Array): Promise<Picture | null> {
  const format = imageFormat(bytes);
  assert.ok(format !== null);
  const { header, problem } = readHeader(bytes, { format, limits: DEFAULT_LIMITS });
  assert.equal(problem, null);
  assert.ok(!Buffer.concat(header.parts).includes(CANARY), "metadata reach the decoder");
  return await decode(header, DEFAULT_LIMITS);
}

/** Bit for bit; without the list of differences, which takes minutes for so many values. */
function assertSame(actual: Uint8Array | undefined, expected: Uint8Array | undefined, message?: string): void {
  assert.ok(actual !== undefined && expected !== undefined);
  assert.equal(Buffer.compare(actual, expected), 0, message);
}

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;
}

/** The drawn picture as it is stored under an orientation. */
function storedAs(orientation: keyof typeof STORED_TURNED): Sharp {
  const [angle, flop] = STORED_TURNED[orientation];
  const pipeline = drawn().rotate(angle);
  return flop ? pipeline.flop() : pipeline;
}

describe("decode", () => {
  it("gives the same upright pixels from all eight orientations, as PNG, WebP and JPEG", async () => {
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8] as const) {
      const stored = await storedAs(orientation).png().toBuffer({ resolveWithObject: true });
      const png = await decodeFile(withPngChunks(stored.data, [pngChunk("eXIf", exifWith(orientation))]));
      assertSame(png?.rgb, upright, `PNG ${orientation}`);
      const vp8l = (await sharp(stored.data).webp({ lossless: true }).toBuffer()).subarray(12);
      const webp = await decodeFile(
        webpOf([webpCanvas(0x08, stored.info), vp8l, riffChunk("EXIF", exifWith(orientation))]),
      );
      assertSame(webp?.rgb, upright, `WebP ${orientation}`);
      const jpeg = await sharp(stored.data).jpeg({ quality: 98, chromaSubsampling: "4:4:4" }).toBuffer();
      const decoded = await decodeFile(withJpegOrientation(jpeg, orientation));
      assert.ok(decoded !== null);
      assert.deepEqual([decoded.width, decoded.height], [WIDTH, HEIGHT]);
      assert.ok(meanDifference(decoded.rgb, upright) < 2, `JPEG ${orientation}`);
    }
  });

  it("gives three channels of eight bits from CMYK, 16 bits, grey, a palette and grey with alpha", async () => {
    const grey = await decodeFile(await drawn().greyscale().png().toBuffer());
    const sixteen = await decodeFile(await drawn().toColourspace("rgb16").png().toBuffer());
    const greySixteen = await decodeFile(await drawn().toColourspace("grey16").png().toBuffer());
    const palette = await decodeFile(await drawn().png({ palette: true }).toBuffer());
    const greyAlpha = await decodeFile(await drawn().greyscale().ensureAlpha(1).png().toBuffer());
    const cmyk = await decodeFile(await drawn().toColourspace("cmyk").jpeg({ quality: 95 }).toBuffer());
    for (const picture of [grey, sixteen, greySixteen, palette, greyAlpha, cmyk]) {
      assert.equal(picture?.rgb.length, WIDTH * HEIGHT * 3);
    }
    assertSame(sixteen?.rgb, upright);
    assertSame(greyAlpha?.rgb, grey?.rgb);
    assert.ok(meanDifference(greySixteen?.rgb ?? upright, grey?.rgb ?? upright) < 2);
    assert.ok(meanDifference(palette?.rgb ?? upright, upright) < 8);
    // Through CMYK and back without a profile; the colours move, the picture stays.
    assert.ok(meanDifference(cmyk?.rgb ?? new Uint8Array(), upright) < 40);
  });

  it("lays what is transparent on grey 128", async () => {
    const clear = {
      create: { width: WIDTH, height: HEIGHT, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0 } },
    } as const;
    for (const bytes of [await sharp(clear).png().toBuffer(), await sharp(clear).webp().toBuffer()]) {
      const picture = await decodeFile(bytes);
      assert.ok(picture?.rgb.every((value) => value === 128));
    }
  });

  it("takes the first frame alone of an animated WebP and of an animated PNG", async () => {
    const frames = Buffer.concat([upright, upright.map((value) => 255 - value)]);
    const input = { raw: { width: WIDTH, height: HEIGHT * 2, channels: 3, pageHeight: HEIGHT } } as const;
    const webp = await sharp(frames, input)
      .webp({ lossless: true, loop: 0, delay: [100, 100] })
      .toBuffer();
    assert.equal((await sharp(webp, { animated: true }).metadata()).pages, 2);
    assertSame((await decodeFile(webp))?.rgb, upright);
    const png = await drawn().png().toBuffer();
    const control = Buffer.alloc(8);
    control.writeUInt32BE(2, 0);
    const second = [pngChunk("fcTL", Buffer.alloc(26)), pngChunk("fdAT", CANARY)];
    assertSame((await decodeFile(withPngChunks(png, [pngChunk("acTL", control), ...second])))?.rgb, upright);
  });

  it("decodes a megabyte of EXIF, of ICC profile and of text as if it were not there", async () => {
    const content = Buffer.alloc(1_000_000, CANARY);
    const jpeg = await drawn().jpeg().toBuffer();
    const plain = (await decodeFile(jpeg))?.rgb;
    assert.ok(plain !== undefined);
    for (const [marker, name] of [
      [0xe1, "Exif\0\0"],
      [0xe1, "http://ns.adobe.com/xap/1.0/\0"],
      [0xe2, "ICC_PROFILE\0"],
      [0xe2, "MPF\0"],
      [0xed, "Photoshop 3.0\0"],
      [0xfe, ""],
    ] as const) {
      const bytes = withJpegSegments(jpeg, { marker, header: Buffer.from(name, "latin1"), content });
      assertSame((await decodeFile(bytes))?.rgb, plain, name);
    }
    assertSame((await decodeFile(Buffer.concat([jpeg, content])))?.rgb, plain, "after EOI");
    const png = withPngChunks(
      await drawn().png().toBuffer(),
      ["iCCP", "zTXt", "tEXt", "eXIf", "gAMA"].map((type) => pngChunk(type, content)),
    );
    assertSame((await decodeFile(png))?.rgb, upright, "PNG");
    const vp8l = (await drawn().webp({ lossless: true }).toBuffer()).subarray(12);
    const chunks = [
      webpCanvas(0x2c, { width: WIDTH, height: HEIGHT }),
      riffChunk("ICCP", content),
      vp8l,
      riffChunk("EXIF", content),
      riffChunk("XMP ", content),
    ];
    assertSame((await decodeFile(webpOf(chunks)))?.rgb, upright, "WebP");
  });

  it("fits a larger picture into 960 × 960 and tells the scale, and enlarges none", async () => {
    const large = await decodeFile(await drawn().resize(1200, 1920, { fit: "fill" }).jpeg().toBuffer());
    assert.deepEqual([large?.width, large?.height, large?.scale], [600, 960, 2]);
    const turned = await drawn().resize(1200, 1920, { fit: "fill" }).jpeg().toBuffer();
    const upright90 = await decodeFile(withJpegOrientation(turned, 6));
    assert.deepEqual([upright90?.width, upright90?.height, upright90?.scale], [960, 600, 2]);
    const small = await decodeFile(await drawn().png().toBuffer());
    assert.deepEqual([small?.width, small?.height, small?.scale], [WIDTH, HEIGHT, 1]);
  });

  it("gives null for a damaged picture instead of a half-grey one", async () => {
    const jpeg = await drawn().jpeg().toBuffer();
    const middle = Buffer.concat([jpeg.subarray(0, jpeg.length >> 1), Buffer.from([0xff, 0xd9])]);
    assert.equal(await decodeFile(middle), null);
  });
});

describe("confineDecoder", () => {
  const files = new Map<string, Buffer>();
  before(async () => {
    for (const format of ["jpeg", "png", "webp", "tiff", "gif", "avif"] as const) {
      files.set(format, await drawn().toFormat(format).toBuffer());
    }
    files.set("svg", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'));
  });

  it("lets JPEG, PNG and WebP be decoded and TIFF, GIF, AVIF and SVG not, from this process on", async () => {
    const decoded = async () => {
      const names = [];
      for (const [name, bytes] of files) {
        if (
          await sharp(bytes)
            .raw()
            .toBuffer()
            .then(
              () => true,
              () => false,
            )
        )
          names.push(name);
      }
      return names;
    };
    assert.deepEqual(await decoded(), ["jpeg", "png", "webp", "tiff", "gif", "avif", "svg"]);
    confineDecoder();
    assert.deepEqual(await decoded(), ["jpeg", "png", "webp"]);
    assert.deepEqual([sharp.concurrency(), sharp.cache().items.max], [1, 0]);
  });

  it("runs on libvips 8.18.3 or later and sharp 0.35.3 or later", () => {
    const isAtLeast = (version: string, least: string) => version.localeCompare(least, "en", { numeric: true }) >= 0;
    assert.ok(isAtLeast(sharp.versions.vips, "8.18.3"), sharp.versions.vips);
    assert.ok(isAtLeast(sharp.versions.sharp, "0.35.3"), sharp.versions.sharp);
  });
});
