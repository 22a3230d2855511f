import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createFrameReader, encodeFrame, type Frame } from "./framing.ts";
import type { Measured } from "./measure.ts";
import { encodeInspected, parseReply, replyLimits } from "./reply.ts";
import { unmeasured } from "./unmeasured.ts";

const EMBEDDER = { embedderId: "0123456789abcdef-test-1" };
const EXPECTED = { ...EMBEDDER, vectorLength: 512 };

function frameOf(pieces: readonly Uint8Array[]): Frame {
  const frame = createFrameReader(replyLimits(EXPECTED)).push(Buffer.concat(pieces))?.[0];
  assert.ok(frame !== undefined);
  return frame;
}

function unitVector(): Float32Array {
  const values = Float32Array.from({ length: 512 }, (_, index) => Math.sin(index + 1));
  const norm = Math.hypot(...values);
  return values.map((value) => value / norm);
}

function measured(change: Partial<Measured> = {}): Measured {
  return {
    faceCount: 1,
    primary: {
      box: { x: -3.5, y: 0, width: 100, height: 120 },
      detectorScore: 1,
      landmarks: Array.from({ length: 68 }, (_, index) => ({ x: index, y: 0 })),
      interocularPx: 44.5,
    },
    pose: { value: { yaw: -1, pitch: 0, roll: 0.5 }, model: "pose" },
    quality: {
      retried: false,
      livenessCropScale: 2.7,
      faceWidthFraction: 0.3,
      insideShare: 1,
      brightness: 0.5,
      darkShare: 0,
      brightShare: 0,
      sharpness: 0.2,
      embeddingNorm: 3.5,
      hints: [],
    },
    template: { value: { ...EMBEDDER, vector: unitVector() }, model: "embedder" },
    liveness: { value: { live: 0 }, model: "liveness" },
    eyes: { value: { left: 0, right: 1 }, model: "eyes" },
    checks: unmeasured("no_face").checks,
    problems: [],
    timings: { decode: 1.5 },
    ...change,
  };
}

function parse(change: object): unknown {
  const head = { type: "inspected", id: 7, measured: { ...unmeasured("no_face"), ...change } };
  return parseReply(frameOf(encodeFrame(head)), EXPECTED);
}

describe("parseReply", () => {
  it("gives back a whole inspection bit for bit, a liveness of 0 included", () => {
    const message = parseReply(frameOf(encodeInspected(7, measured())), EXPECTED);
    assert.deepEqual(message, { type: "inspected", id: 7, measured: measured() });
  });

  it("refuses a template of NaN, of zeros, of another length than 1, cut short, or of another embedder", () => {
    const vectors = [
      new Float32Array(512),
      unitVector().fill(Number.NaN, 3, 4),
      unitVector().map((value) => value * 2),
      unitVector().subarray(1),
    ];
    for (const vector of vectors) {
      const template = { value: { ...EMBEDDER, vector }, model: "embedder" };
      assert.equal(parseReply(frameOf(encodeInspected(7, measured({ template }))), EXPECTED), null);
    }
    assert.equal(parseReply(frameOf(encodeInspected(7, measured())), { ...EXPECTED, embedderId: "another" }), null);
    assert.equal(parseReply(frameOf(encodeInspected(7, measured())), { ...EXPECTED, vectorLength: 511 }), null);
  });

  it("refuses a probability out of 0…1, a number that is none, and a problem that is not listed", () => {
    for (const live of [-0.001, 1.001, Number.NaN, Number.POSITIVE_INFINITY, "0.5", null]) {
      assert.equal(parse({ liveness: { value: { live }, model: "m" } }), null, String(live));
    }
    assert.equal(parse({ pose: { value: { yaw: Number.NaN, pitch: 0, roll: 0 }, model: "m" } }), null);
    assert.equal(parse({ problems: ["fine"] }), null);
    assert.equal(parse({ timings: { decode: -1 } }), null);
    assert.equal(parse({ timings: { "<b>": 1 } }), null);
    assert.notEqual(parse({ liveness: { value: { live: 1 }, model: "m" } }), null);
  });

  it("refuses a missing key, a key too many, 67 landmarks, and bytes where none are due", () => {
    assert.equal(parse({ extra: 1 }), null);
    assert.equal(parseReply(frameOf(encodeFrame({ type: "inspected", id: 7, measured: {} })), EXPECTED), null);
    const primary = { ...measured().primary, landmarks: measured().primary?.landmarks.slice(1) };
    assert.equal(parse({ primary }), null);
    assert.equal(parseReply(frameOf(encodeFrame({ type: "decoded", id: 1 }, Uint8Array.of(1))), EXPECTED), null);
    assert.equal(parseReply(frameOf(encodeFrame([1])), EXPECTED), null);
  });
});
