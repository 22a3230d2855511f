import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Inspection } from "@sameface/engine";
import { DEFAULT_POLICY } from "../api/index.ts";
import { beginTry, type CaptureTry, type Frame, type TryStep, takeFrame } from "./capture-try.ts";

interface Seen {
  readonly person?: number;
  readonly live?: number;
  readonly yaw?: number;
  readonly sharpness?: number;
  readonly problem?: "no_face" | "multiple_faces";
}

function frameOf(number: number, { person = 0, live = 0.9, yaw = 0, sharpness = 0.1, problem }: Seen): Frame {
  const vector = Float32Array.of(Math.cos(person), Math.sin(person));
  const inspection: Inspection = {
    image: { format: "jpeg", width: 640, height: 480, orientation: 1, sha256: "", byteLength: 1 },
    faceCount: 1,
    primary: null,
    pose: { value: { yaw, pitch: 0, roll: 0 }, model: "m" },
    quality: {
      retried: false,
      livenessCropScale: 2.7,
      faceWidthFraction: 0.3,
      insideShare: 1,
      brightness: 0.5,
      darkShare: 0,
      brightShare: 0,
      sharpness,
      embeddingNorm: 3,
      hints: [],
    },
    template: { value: { embedderId: "e", vector }, model: "m" },
    liveness: { value: { live }, model: "m" },
    eyes: { value: { left: 0, right: 0 }, model: "m" },
    checks: {
      mask: { unavailable: "notEvaluated" },
      lenses: { unavailable: "notEvaluated" },
      headCover: { unavailable: "notEvaluated" },
    },
    problems: problem === undefined ? [] : [problem],
    timings: {},
  };
  return { number, atMs: number, digest: String(number), image: Buffer.from(String(number)), inspection };
}

function play(frames: readonly Frame[]): TryStep {
  let present: CaptureTry = beginTry({ nonce: "n", nowMs: 0, source: "camera", moves: [] });
  let step: TryStep | null = null;
  for (const frame of frames) {
    step = takeFrame(present, frame, DEFAULT_POLICY);
    if (step.kind !== "goOn") return step;
    present = step.next;
  }
  assert.ok(step !== null);
  return step;
}

const see = (...seen: readonly Seen[]): TryStep => play(seen.map((one, at) => frameOf(at + 1, one)));

describe("a try without a challenge", () => {
  it("is complete with three good frames, and takes the straightest and sharpest of them", () => {
    const step = see({ yaw: 8 }, { problem: "no_face" }, { sharpness: 0.15 }, { yaw: -5 });
    assert.ok(step.kind === "complete");
    assert.equal(Buffer.from(step.picture.image).toString(), "3");
  });

  it("tells the middle liveness of its frames, not that of the luckiest", () => {
    const step = see({ live: 0.99, sharpness: 0.2 }, { live: 0.1 }, { live: 0.2 });
    assert.ok(step.kind === "complete");
    assert.deepEqual(step.picture.inspection.liveness, { value: { live: 0.2 }, model: "m" });
  });

  it("never adds up frames of two people", () => {
    assert.equal(see({}, {}, { person: 1.5 }).kind, "goOn");
    assert.equal(see({}, { person: 1.5 }, {}, { person: 1.5 }, {}).kind, "goOn");
  });

  it("counts the same bytes once, however often they are sent", () => {
    const frame = frameOf(1, {});
    assert.equal(play([frame, { ...frame, number: 2 }, { ...frame, number: 3 }]).kind, "goOn");
  });

  it("fails when its time is up, with the best of what was seen and the last thing that was wrong", () => {
    const late: Frame = { ...frameOf(9, {}), atMs: 60_000 };
    const step = play([frameOf(1, {}), frameOf(2, { problem: "multiple_faces" }), late]);
    assert.ok(step.kind === "failed");
    assert.deepEqual([step.problem, step.challenge], ["moreThanOneFace", null]);
    assert.equal(Buffer.from(step.picture?.image ?? []).toString(), "1");
    const empty = play([late]);
    assert.ok(empty.kind === "failed" && empty.picture === null);
  });
});
