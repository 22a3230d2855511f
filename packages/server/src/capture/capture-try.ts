import type { Inspection } from "@sameface/engine";
import type { Policy } from "../api/index.ts";
import { type CaptureProblem, captureProblem } from "./capture-problem.ts";
import {
  answerChallenge,
  beginChallenge,
  type Challenge,
  type ChallengeRefusal,
  isSameFace,
  type Move,
  type SeenFace,
} from "./challenge.ts";

/** Where the page has its picture from. */
export type CaptureSource = "camera" | "file";

/** A frame that may become the picture. */
export interface Candidate {
  readonly image: Uint8Array;
  readonly inspection: Inspection;
  readonly face: SeenFace | null;
  readonly problem: CaptureProblem | null;
}

/** One try before the camera: the frames under one nonce. Made anew by each frame. */
export interface CaptureTry {
  readonly nonce: string;
  readonly endsAtMs: number;
  readonly source: CaptureSource;
  /** `null`: nothing is asked for. */
  readonly challenge: Challenge | null;
  /** Number of the last frame taken. */
  readonly frames: number;
  /** The best frames so far, best first, all of one face. */
  readonly best: readonly Candidate[];
  /** The last frame, which stands for the try where no frame was good. */
  readonly last: Candidate | null;
}

/** One frame as it arrived. */
export interface Frame {
  readonly number: number;
  readonly atMs: number;
  readonly digest: string;
  readonly image: Uint8Array;
  readonly inspection: Inspection;
}

/** What a try comes to. */
export type TryStep =
  | {
      readonly kind: "goOn";
      readonly next: CaptureTry;
      readonly ask: Move | "centre";
      readonly problem: CaptureProblem | null;
    }
  /** Enough to decide on. */
  | { readonly kind: "complete"; readonly picture: Candidate }
  /** Nothing to decide on; `picture` is what comes nearest. */
  | {
      readonly kind: "failed";
      readonly problem: CaptureProblem | ChallengeRefusal;
      readonly challenge: ChallengeRefusal | null;
      readonly picture: Candidate | null;
    };

/** Good frames of one face, so that no single one decides about liveness. */
const ENOUGH = 3;
const PASSIVE_MS = 15_000;
/** Room for somebody slow: WCAG 2.2.1 asks for more time on request, and a further try is that. */
const MS_PER_MOVE = 12_000;

/** A try that has no frame yet. @param moves empty: nothing is asked for */
export function beginTry(options: {
  readonly nonce: string;
  readonly nowMs: number;
  readonly source: CaptureSource;
  readonly moves: readonly Move[];
}): CaptureTry {
  const { nonce, nowMs, source, moves } = options;
  const endsAtMs = nowMs + PASSIVE_MS + moves.length * MS_PER_MOVE;
  const challenge = moves.length === 0 ? null : beginChallenge(moves, endsAtMs);
  return { nonce, endsAtMs, source, challenge, frames: 0, best: [], last: null };
}

/** Pure: a try and its next frame in, what follows out. */
export function takeFrame(present: CaptureTry, frame: Frame, policy: Policy): TryStep {
  const { image, inspection } = frame;
  const problem = captureProblem(inspection, policy);
  const candidate: Candidate = { image, inspection, face: seenFace(inspection), problem };
  const seen = { ...present, frames: frame.number, last: candidate };
  // A frame that came too late is not looked at any more: what was seen before stands.
  if (frame.atMs > present.endsAtMs) return outOfTime(present, frame);
  if (present.source === "file") {
    if (problem === null) return { kind: "complete", picture: candidate };
    return { kind: "failed", problem, challenge: null, picture: candidate };
  }
  const next = { ...seen, best: withBest(present.best, candidate) };
  if (next.challenge === null) {
    if (next.best.length >= ENOUGH) return { kind: "complete", picture: pictureOf(next.best) };
    return { kind: "goOn", next, ask: "centre", problem };
  }
  return challenged(next, { challenge: next.challenge, frame, candidate });
}

function challenged(
  present: CaptureTry,
  {
    challenge,
    frame,
    candidate,
  }: { readonly challenge: Challenge; readonly frame: Frame; readonly candidate: Candidate },
): TryStep {
  const step = answerChallenge(challenge, { ...frame, face: candidate.face });
  switch (step.kind) {
    case "refused":
      return { kind: "failed", problem: step.reason, challenge: step.reason, picture: bestOf(present) };
    case "passed": {
      // The picture is one of the face that did what was asked, or the challenge would prove nothing about it.
      const best = present.best.filter((one) => isFaceOf(challenge, one));
      if (best.length > 0) return { kind: "complete", picture: pictureOf(best) };
      return { kind: "failed", problem: candidate.problem ?? "unclear", challenge: null, picture: present.last };
    }
    case "goOn": {
      const next = { ...present, challenge: step.challenge };
      // While a person turns, all that can be wrong is that the face is gone.
      const away = candidate.face === null ? candidate.problem : null;
      return { kind: "goOn", next, ask: step.ask, problem: step.ask === "centre" ? candidate.problem : away };
    }
  }
}

function isFaceOf({ base }: Challenge, { face }: Candidate): boolean {
  return base !== null && face !== null && isSameFace(face, base);
}

function outOfTime(present: CaptureTry, frame: Frame): TryStep {
  if (present.challenge !== null) {
    const step = answerChallenge(present.challenge, { ...frame, face: null });
    const reason = step.kind === "refused" ? step.reason : "lateFrame";
    // Where no face was ever seen there was nobody to be asked.
    if (present.challenge.base !== null)
      return { kind: "failed", problem: reason, challenge: reason, picture: bestOf(present) };
  }
  return { kind: "failed", problem: present.last?.problem ?? "unclear", challenge: null, picture: bestOf(present) };
}

function bestOf({ best, last }: CaptureTry): Candidate | null {
  return best.length > 0 ? pictureOf(best) : last;
}

function withBest(best: readonly Candidate[], candidate: Candidate): readonly Candidate[] {
  if (candidate.problem !== null || candidate.face === null) return best;
  const [first] = best;
  // Another face begins anew: frames of two people never add up.
  if (first?.face !== undefined && first.face !== null && !isSameFace(candidate.face, first.face)) return [candidate];
  // Identical bytes are one frame, however often they are sent.
  if (best.some((one) => Buffer.compare(one.image, candidate.image) === 0)) return best;
  return [...best, candidate].toSorted((a, b) => worthOf(b) - worthOf(a)).slice(0, ENOUGH);
}

/** Straight, sharp and with open eyes; never how live it looks, or the luckiest of many tries would be picked. */
function worthOf({ inspection, face }: Candidate): number {
  const sharpness = Math.min(inspection.quality?.sharpness ?? 0, 0.2) * 5;
  return sharpness - Math.abs(face?.yaw ?? 90) / 30 - (face?.closed ?? 1) / 2;
}

/** The best frame, with the middle liveness of all good ones in place of its own. */
function pictureOf(best: readonly Candidate[]): Candidate {
  const [picture] = best;
  if (picture === undefined) throw new TypeError("there is a best frame");
  const { liveness } = picture.inspection;
  const lives = best.flatMap(({ inspection }) =>
    "value" in inspection.liveness ? [inspection.liveness.value.live] : [],
  );
  const live = lives.toSorted((a, b) => a - b)[Math.floor((lives.length - 1) / 2)];
  if (live === undefined || !("value" in liveness)) return picture;
  return { ...picture, inspection: { ...picture.inspection, liveness: { ...liveness, value: { live } } } };
}

/** What a challenge looks at; `null` where there is no one face. */
function seenFace({ pose, eyes, quality, template, problems }: Inspection): SeenFace | null {
  if (problems.includes("multiple_faces") || quality === null) return null;
  if (!("value" in pose) || !("value" in template)) return null;
  const closed = "value" in eyes ? Math.min(eyes.value.left, eyes.value.right) : null;
  return { yaw: pose.value.yaw, closed, width: quality.faceWidthFraction, template: template.value };
}
