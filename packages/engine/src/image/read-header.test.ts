import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  exifWith,
  pngChunk,
  riffChunk,
  webpCanvas,
  webpOf,
  withJpegOrientation,
  withJpegSegments,
} from "../fixtures/image-parts.ts";
import { scanBomb } from "../fixtures/scan-bomb.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import type { ImageFormat } from "./image-format.ts";
import { readHeader } from "./read-header.ts";

const FORMATS = ["jpeg", "png", "webp"] as const satisfies readonly ImageFormat[];

function read(bytes: Uint8Array, format: ImageFormat) {
  return readHeader(bytes, { format, limits: DEFAULT_LIMITS });
}

/** A JPEG of one scan: everything that a walk reads, nothing that a decoder could show. */
function jpegOf(width: number, height: number): Buffer {
  const frame = Buffer.from([0xff, 0xc0, 0, 11, 8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  const scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0];
  // Stuffing and a restart marker belong to the scan.
  const data = [0x12, 0xff, 0x00, 0xff, 0xd0, 0x34];
  return Buffer.concat([Buffer.from([0xff, 0xd8]), frame, Buffer.from([...scan, ...data, 0xff, 0xd9])]);
}

function pngOf(width: number, height: number, between: readonly Uint8Array[] = []): Buffer {
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  const chunks = [
    pngChunk("IHDR", size),
    ...between,
    pngChunk("IDAT", Buffer.alloc(4)),
    pngChunk("IEND", Buffer.alloc(0)),
  ];
  return Buffer.concat([signature, ...chunks]);
}

function vp8(width: number, height: number): Buffer {
  const content = Buffer.from([0, 0, 0, 0x9d, 0x01, 0x2a, 0, 0, 0, 0]);
  content.writeUInt16LE(width, 6);
  content.writeUInt16LE(height, 8);
  return riffChunk("VP8 ", content);
}

function vp8l(width: number, height: number): Buffer {
  const content = Buffer.alloc(5, 0x2f);
  content.writeUInt32LE((width - 1) | ((height - 1) << 14), 1);
  return riffChunk("VP8L", content);
}

describe("readHeader", () => {
  it("reads width and height out of each kind of file", () => {
    const files = [
      [jpegOf(320, 200), "jpeg"],
      [pngOf(320, 200), "png"],
      [webpOf([vp8(320, 200)]), "webp"],
      [webpOf([vp8l(320, 200)]), "webp"],
      [webpOf([webpCanvas(0, { width: 320, height: 200 }), vp8(320, 200)]), "webp"],
    ] as const;
    for (const [bytes, format] of files) {
      const { header, problem } = read(bytes, format);
      assert.deepEqual([header?.width, header?.height, header?.orientation, problem], [320, 200, 1, null]);
    }
  });

  it("judges the sides and the pixels at their exact limits", () => {
    const table = [
      [64, 64, null],
      [63, 64, "too_small"],
      [8192, 63, "too_small"],
      [8192, 3072, null],
      [8192, 3073, "too_many_pixels"],
      [8193, 64, "too_many_pixels"],
      [64, 8193, "too_many_pixels"],
    ] as const;
    for (const [width, height, problem] of table) {
      assert.equal(read(jpegOf(width, height), "jpeg").problem, problem, `JPEG ${width}×${height}`);
      assert.equal(read(pngOf(width, height), "png").problem, problem, `PNG ${width}×${height}`);
      assert.equal(read(webpOf([vp8l(width, height)]), "webp").problem, problem, `WebP ${width}×${height}`);
    }
    assert.equal(read(pngOf(0xffff_ffff, 0xffff_ffff), "png").problem, "too_many_pixels");
  });

  it("counts scans up to the limit and not one further", () => {
    const bomb = scanBomb({ width: 64, height: 64 });
    const scans = read(bomb, "jpeg");
    assert.deepEqual(scans, { header: null, problem: "too_many_scans" });
    const lax = readHeader(bomb, { format: "jpeg", limits: { ...DEFAULT_LIMITS, maxScans: 2647 } });
    assert.equal(lax.header?.scans, 2647);
    const strict = readHeader(bomb, { format: "jpeg", limits: { ...DEFAULT_LIMITS, maxScans: 2646 } });
    assert.equal(strict.problem, "too_many_scans");
  });

  it("reads the orientation of all three, and keeps none of what it was read from", () => {
    const canvas = webpCanvas(0x2c, { width: 320, height: 200 });
    const files = [
      [withJpegOrientation(jpegOf(320, 200), 6), "jpeg"],
      [pngOf(320, 200, [pngChunk("eXIf", exifWith(6)), pngChunk("tEXt", Buffer.from("word"))]), "png"],
      [webpOf([canvas, riffChunk("ICCP", Buffer.from("word")), vp8(320, 200), riffChunk("EXIF", exifWith(6))]), "webp"],
    ] as const;
    for (const [bytes, format] of files) {
      const { header } = read(bytes, format);
      assert.equal(header?.orientation, 6, format);
      const kept = Buffer.concat(header.parts);
      assert.ok(!kept.includes(exifWith(6)) && !kept.includes("word"), format);
    }
  });

  it("keeps JFIF and Adobe, which say how colours are stored, and drops their namesakes", () => {
    const segment = (marker: number, name: string) => ({
      marker,
      header: Buffer.from(name),
      content: Buffer.alloc(9, 7),
    });
    for (const [marker, name, kept] of [
      [0xe0, "JFIF\0", true],
      [0xe0, "JFXX\0", false],
      [0xee, "Adobe", true],
      [0xee, "Other", false],
    ] as const) {
      const { header } = read(withJpegSegments(jpegOf(320, 200), segment(marker, name)), "jpeg");
      assert.ok(header !== null);
      assert.equal(Buffer.concat(header.parts).includes(name), kept, name);
    }
  });

  it("calls corrupt: a second frame, no frame, no scan, a side of 0, an unknown critical chunk, a frame larger than its canvas", () => {
    const jpeg = jpegOf(320, 200);
    const frame = jpeg.subarray(2, 15);
    const start = jpeg.subarray(0, 2);
    const rest = jpeg.subarray(15);
    const end = jpeg.subarray(-2);
    for (const parts of [
      [start, frame, frame, rest],
      [start, rest],
      [start, frame, end],
      [start, end],
      [jpegOf(0, 200)],
      [jpegOf(320, 0)],
      [start, start, frame, rest],
    ]) {
      assert.equal(read(Buffer.concat(parts), "jpeg").problem, "corrupt");
    }
    for (const png of [
      pngOf(0, 200),
      pngOf(320, 200, [pngChunk("ABCD", exifWith(1))]),
      pngOf(320, 200, [pngChunk("IHDR", Buffer.alloc(13, 1))]),
    ]) {
      assert.equal(read(png, "png").problem, "corrupt");
    }
    const canvas = webpCanvas(0, { width: 320, height: 200 });
    const anmf = riffChunk("ANMF", Buffer.concat([Buffer.alloc(16), vp8(8192, 8192)]));
    for (const chunks of [
      [canvas, vp8(321, 200)],
      [canvas, anmf],
      [canvas],
      [vp8(0, 200)],
      [riffChunk("ABCD", canvas)],
      [],
    ]) {
      assert.equal(read(webpOf(chunks), "webp").problem, "corrupt");
    }
  });

  it("calls every cut of a file corrupt and throws for none", () => {
    const canvas = webpCanvas(0x08, { width: 320, height: 200 });
    const files = [
      [withJpegOrientation(jpegOf(320, 200), 6), "jpeg"],
      [pngOf(320, 200, [pngChunk("eXIf", exifWith(6))]), "png"],
      [webpOf([canvas, vp8(320, 200), riffChunk("EXIF", exifWith(6))]), "webp"],
    ] as const;
    for (const [bytes, format] of files) {
      assert.equal(read(bytes, format).problem, null);
      // 12 bytes are the longest magic: less never comes this far.
      for (let length = 12; length < bytes.length; length += 1) {
        assert.equal(read(bytes.subarray(0, length), format).problem, "corrupt", `${format} cut at ${length}`);
      }
    }
  });

  it("throws for no single flipped byte and for no made-up file", () => {
    const canvas = webpCanvas(0x08, { width: 320, height: 200 });
    const files = {
      jpeg: withJpegOrientation(jpegOf(320, 200), 6),
      png: pngOf(320, 200, [pngChunk("eXIf", exifWith(6))]),
      webp: webpOf([
        canvas,
        riffChunk("ANMF", Buffer.concat([Buffer.alloc(16), vp8l(320, 200)])),
        riffChunk("EXIF", exifWith(6)),
      ]),
    };
    let judged = 0;
    for (const format of FORMATS) {
      for (let at = 0; at < files[format].length; at += 1) {
        for (let value = 0; value < 256; value += 1) {
          const bytes = Buffer.from(files[format]);
          bytes[at] = value;
          judged += read(bytes, format).problem === null ? 1 : 0;
        }
      }
    }
    assert.ok(judged > 1000);
  });
});
