import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Point } from "../inspection.ts";
import type { FivePoints } from "../landmarks.ts";
import { ALIGNED_SIZE, alignFace, FACE_FRAMING } from "./align-face.ts";
import { type Similarity, transform } from "./fit-similarity.ts";

const TEMPLATE: FivePoints = {
  leftEye: { x: 38.2946, y: 51.6963 },
  rightEye: { x: 73.5318, y: 51.5014 },
  nose: { x: 56.0252, y: 71.7366 },
  leftMouth: { x: 41.5493, y: 92.3655 },
  rightMouth: { x: 70.7299, y: 92.2041 },
};

function move(similarity: Similarity): FivePoints {
  const to = (point: Point) => transform(similarity, point);
  const { leftEye, rightEye, nose, leftMouth, rightMouth } = TEMPLATE;
  return {
    leftEye: to(leftEye),
    rightEye: to(rightEye),
    nose: to(nose),
    leftMouth: to(leftMouth),
    rightMouth: to(rightMouth),
  };
}

/** A black picture with a white disc about each of the five points, and their radius in the aligned crop. */
function discs(points: FivePoints, options: { width: number; height: number; radius: number }) {
  const { width, height, radius } = options;
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i += 1) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const inside = Object.values(points as unknown as Record<string, Point>).some(
      (p) => Math.hypot(p.x - x, p.y - y) <= radius,
    );
    if (inside) rgb.fill(255, i * 3, i * 3 + 3);
  }
  return { width, height, rgb };
}

function centreOfLight(crop: Uint8Array, about: Point): Point {
  let [sum, x, y] = [0, 0, 0];
  for (let row = 0; row < ALIGNED_SIZE; row += 1) {
    for (let column = 0; column < ALIGNED_SIZE; column += 1) {
      const light = crop[(row * ALIGNED_SIZE + column) * 3] ?? 0;
      if (Math.hypot(column - about.x, row - about.y) > 8) continue;
      sum += light;
      x += column * light;
      y += row * light;
    }
  }
  return { x: x / sum, y: y / sum };
}

describe("alignFace", () => {
  it("brings the five points to the template for small, large, turned and shifted faces", async () => {
    for (const { scale, degrees } of [
      { scale: 1, degrees: 0 },
      { scale: 1, degrees: 25 },
      { scale: 3.4, degrees: -40 },
      { scale: 5, degrees: 12 },
      { scale: 0.8, degrees: 5 },
    ]) {
      const angle = (degrees * Math.PI) / 180;
      const similarity = { a: scale * Math.cos(angle), b: scale * Math.sin(angle), tx: 90 * scale, ty: 60 * scale };
      const points = move(similarity);
      const size = Math.ceil(260 * scale);
      const crop = await alignFace(discs(points, { width: size, height: size, radius: 4 * scale }), points);
      for (const wanted of Object.values(TEMPLATE as unknown as Record<string, Point>)) {
        const seen = centreOfLight(crop, wanted);
        const off = Math.hypot(seen.x - wanted.x, seen.y - wanted.y);
        assert.ok(off < 0.35, `scale ${scale}, ${degrees}°: off by ${off}`);
      }
    }
  });

  it("averages nothing away of a face that is up to half as large again as its crop, and something of a larger one", async () => {
    const contrast = async (scale: number) => {
      // Columns of one pixel, black and white in turn: averaged over two they are grey.
      const [width, height] = [Math.ceil(200 * scale), Math.ceil(200 * scale)];
      const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => ((Math.floor(i / 3) % width) % 2) * 255);
      const crop = await alignFace({ width, height, rgb }, move({ a: scale, b: 0, tx: 20, ty: 20 }));
      return Math.max(...crop) - Math.min(...crop);
    };
    assert.ok((await contrast(1.45)) > 240);
    assert.ok((await contrast(3)) < 200);
  });

  it("puts the face where a framing wants it, in the size that it wants", async () => {
    const points = move({ a: 2, b: 0, tx: 90, ty: 60 });
    const framing = { ...FACE_FRAMING, zoom: 0.5, eyes: { x: 50, y: 80 } };
    const crop = await alignFace(discs(points, { width: 400, height: 400, radius: 8 }), points, framing);
    for (const wanted of Object.values(TEMPLATE as unknown as Record<string, Point>)) {
      const placed = { x: 50 + (wanted.x - 56) / 2, y: 80 + (wanted.y - 51.6) / 2 };
      const seen = centreOfLight(crop, placed);
      assert.ok(Math.hypot(seen.x - placed.x, seen.y - placed.y) < 0.6, JSON.stringify({ seen, placed }));
    }
  });

  it("fills with the framing's level outside the picture", async () => {
    const rgb = new Uint8Array(60 * 60 * 3).fill(255);
    const crop = await alignFace({ width: 60, height: 60, rgb }, TEMPLATE, { ...FACE_FRAMING, outside: 128 });
    assert.deepEqual([...crop.subarray(0, 3)], [255, 255, 255]);
    assert.deepEqual([...crop.subarray(-3)], [128, 128, 128]);
  });

  it("is black outside the picture", async () => {
    const rgb = new Uint8Array(60 * 60 * 3).fill(255);
    const crop = await alignFace({ width: 60, height: 60, rgb }, TEMPLATE);
    assert.deepEqual([...crop.subarray(0, 3)], [255, 255, 255]);
    assert.deepEqual([...crop.subarray(-3)], [0, 0, 0]);
  });

  it("is black all over when the face lies outside the picture", async () => {
    const far = move({ a: 1, b: 0, tx: 900, ty: 900 });
    const crop = await alignFace({ width: 60, height: 60, rgb: new Uint8Array(60 * 60 * 3).fill(255) }, far);
    assert.ok(crop.every((value) => value === 0));
  });
});
