import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Template } from "@sameface/engine";
import fc from "fast-check";
import {
  answerChallenge,
  beginChallenge,
  type Challenge,
  type ChallengeStep,
  drawMoves,
  MOVES,
  type Move,
  type SeenFace,
} from "./challenge.ts";

/** A face in two numbers: the cosine of two of them is the cosine of the angle between. */
const template = (degrees: number): Template => {
  const turn = (degrees * Math.PI) / 180;
  return { embedderId: "e", vector: Float32Array.of(Math.cos(turn), Math.sin(turn)) };
};

const STRAIGHT: SeenFace = { yaw: 2, closed: 0.05, width: 0.3, template: template(0) };
const POSES: Readonly<Record<Move | "centre", SeenFace>> = {
  centre: STRAIGHT,
  // Turned, the same person's template is some way off.
  turnLeft: { ...STRAIGHT, yaw: 28, template: template(60) },
  turnRight: { ...STRAIGHT, yaw: -25, template: template(-60) },
  blink: { ...STRAIGHT, closed: 0.97 },
  comeCloser: { ...STRAIGHT, width: 0.42 },
};
const STRANGER: SeenFace = { ...STRAIGHT, template: template(90) };
const ORDER: readonly Move[] = ["turnLeft", "blink", "comeCloser"];
const LIMIT_MS = 30_000;

/** Shows faces at four a second until the challenge ends; what it asked for on the way. */
function play(
  faces: readonly (SeenFace | null)[],
  { moves = ORDER, everyMs = 250, digest = (at: number) => `d${at}` } = {},
): { readonly step: ChallengeStep; readonly asked: readonly string[] } {
  let challenge: Challenge = beginChallenge(moves, LIMIT_MS);
  let step: ChallengeStep = { kind: "goOn", challenge, ask: "centre" };
  const asked: string[] = [];
  for (const [at, face] of faces.entries()) {
    step = answerChallenge(challenge, { atMs: at * everyMs, digest: digest(at), face });
    if (step.kind !== "goOn") break;
    challenge = step.challenge;
    asked.push(step.ask);
  }
  return { step, asked };
}

const answerOf = (moves: readonly Move[]): readonly SeenFace[] => [
  STRAIGHT,
  ...moves.flatMap((move) => [POSES[move], STRAIGHT]),
];
const reasonOf = (faces: readonly (SeenFace | null)[], options: Parameters<typeof play>[1] = {}): string => {
  const { step } = play(faces, options);
  return step.kind === "refused" ? step.reason : step.kind;
};
const hold = (face: SeenFace | null, frames: number) => Array.from({ length: frames }, () => face);

describe("a challenge", () => {
  it("is passed by the moves in the order asked for, and asks for one after another, straight ahead between them", () => {
    const { step, asked } = play(answerOf(ORDER));
    assert.deepEqual(step, { kind: "passed" });
    assert.deepEqual(asked, ["turnLeft", "centre", "blink", "centre", "comeCloser"]);
  });

  it("is passed by every order of moves that can be drawn, and by no other order of them", () => {
    const drawn = fc.uint8Array({ minLength: 3, maxLength: 3 }).map((bytes) => {
      let at = 0;
      return drawMoves({ bytes: () => bytes.slice(at, (at += 1)) });
    });
    fc.assert(
      fc.property(drawn, drawn, (moves, other) => {
        assert.equal(new Set(moves).size, 3);
        assert.equal(reasonOf(answerOf(moves), { moves }), "passed");
        if (moves.join() !== other.join()) assert.notEqual(reasonOf(answerOf(other), { moves }), "passed");
      }),
    );
  });

  it("refuses the wrong order once the wrong move is sure, and forgives a single frame of it", () => {
    const wrong = POSES.turnRight;
    assert.equal(reasonOf([STRAIGHT, wrong, wrong]), "wrongOrder");
    assert.equal(reasonOf([STRAIGHT, wrong, ...answerOf(ORDER)]), "passed");
    assert.equal(reasonOf([STRAIGHT, POSES.comeCloser, POSES.comeCloser]), "wrongOrder");
    assert.equal(reasonOf([STRAIGHT, wrong, wrong], { moves: ["comeCloser", "blink", "turnLeft"] }), "wrongOrder");
  });

  it("takes no blink for a wrong move: everybody blinks", () => {
    assert.equal(reasonOf([STRAIGHT, POSES.blink, POSES.blink, POSES.blink, ...answerOf(ORDER)]), "passed");
  });

  it("refuses a still picture at the end of its time, however often it is shown", () => {
    assert.equal(reasonOf(hold(STRAIGHT, 200)), "stillPicture");
    const noisy = Array.from({ length: 200 }, (_, at) => ({ ...STRAIGHT, yaw: 2 + (at % 3) }));
    assert.equal(reasonOf(noisy), "stillPicture");
  });

  it("counts the same bytes again for nothing, even where they are measured as the move", () => {
    const faces = [STRAIGHT, POSES.turnLeft, STRAIGHT, POSES.blink];
    assert.equal(reasonOf(faces, { digest: () => "same" }), "goOn");
  });

  it("refuses a face that is swapped, straight ahead or in the middle of a move", () => {
    assert.equal(reasonOf([STRAIGHT, STRANGER, STRANGER]), "swappedFace");
    const turned = { ...POSES.turnLeft, template: template(90) };
    assert.equal(reasonOf([STRAIGHT, turned, turned]), "swappedFace");
  });

  it("grants no move to a frame of another face, though its own face comes back between", () => {
    const turned = { ...POSES.turnLeft, template: template(90) };
    const { step, asked } = play([STRAIGHT, turned, STRAIGHT, turned, STRAIGHT]);
    assert.equal(step.kind, "goOn");
    assert.deepEqual(new Set(asked), new Set(["turnLeft"]));
  });

  it("refuses what comes after its time, though it would have been the last move", () => {
    const slow = [STRAIGHT, POSES.turnLeft, STRAIGHT, POSES.blink, STRAIGHT, POSES.comeCloser];
    assert.equal(reasonOf(slow, { everyMs: LIMIT_MS / 5 + 1 }), "lateFrame");
    assert.equal(reasonOf(slow, { everyMs: LIMIT_MS / 5 }), "passed");
    assert.equal(reasonOf(hold(null, 200)), "lateFrame");
  });

  it("goes on without a face, and begins with one that looks straight ahead", () => {
    const { asked } = play([null, POSES.turnLeft, { ...STRAIGHT, closed: null }, STRAIGHT, null]);
    assert.deepEqual(asked, ["centre", "centre", "centre", "turnLeft", "turnLeft"]);
  });

  it("asks to look straight ahead again after a move, with open eyes and at the distance of before", () => {
    const back = [POSES.turnLeft, POSES.comeCloser, POSES.blink];
    const { asked } = play([STRAIGHT, POSES.turnLeft, ...back, STRAIGHT]);
    assert.deepEqual(asked, ["turnLeft", "centre", "centre", "centre", "centre", "blink"]);
  });

  it("can't be passed by a blink of eyes that always looked closed", () => {
    const lids = { ...STRAIGHT, closed: 0.9 };
    assert.equal(play([lids, { ...lids, closed: 0.99 }], { moves: ["blink"] }).step.kind, "goOn");
  });

  it("is passed by one face straight ahead where no move is asked for", () => {
    assert.equal(reasonOf([STRAIGHT, STRAIGHT], { moves: [] }), "passed");
  });

  it("draws each first move about as often as any other", () => {
    const first = new Map<Move, number>();
    for (let byte = 0; byte < 256; byte += 1) {
      const [move] = drawMoves({ bytes: () => Uint8Array.of(byte) });
      if (move !== undefined) first.set(move, (first.get(move) ?? 0) + 1);
    }
    assert.deepEqual(
      [...first.values()],
      MOVES.map(() => 64),
    );
  });
});
