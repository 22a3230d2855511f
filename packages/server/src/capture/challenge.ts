import { compare, type Template } from "@sameface/engine";
import type { Random } from "../random.ts";

/** What a person before the camera can be asked to do. Left and right are the person's own. */
export const MOVES = ["turnLeft", "turnRight", "blink", "comeCloser"] as const;
/** One of {@link MOVES}. */
export type Move = (typeof MOVES)[number];

/** Why a challenge was not passed. */
export const CHALLENGE_REFUSALS = ["wrongOrder", "stillPicture", "swappedFace", "lateFrame"] as const;
/** One of {@link CHALLENGE_REFUSALS}. */
export type ChallengeRefusal = (typeof CHALLENGE_REFUSALS)[number];

/** What a frame shows of the one face in it; `null` instead: no face, or more than one. */
export interface SeenFace {
  /** Degrees; positive: towards the picture's right, which is the person's left. */
  readonly yaw: number;
  /** How closed the more open eye is, 0…1; `null`: not measured. */
  readonly closed: number | null;
  /** Face width ÷ picture width. */
  readonly width: number;
  readonly template: Template;
}

/** One frame of a challenge. */
export interface ChallengeFrame {
  /** When it arrived, by the server's clock. */
  readonly atMs: number;
  /** Hash of its bytes: a camera's noise never gives the same twice. */
  readonly digest: string;
  readonly face: SeenFace | null;
}

/** A challenge and how far it has come; made anew by each frame, changed by none. */
export interface Challenge {
  readonly moves: readonly Move[];
  readonly endsAtMs: number;
  /** Moves done. */
  readonly done: number;
  /** The face as it looked straight ahead at first; everything is compared with it. */
  readonly base: SeenFace | null;
  /** Looking straight ahead again, so that the next move can begin. */
  readonly centred: boolean;
  /** Frames in a row that show a move which was not asked for. */
  readonly wrong: number;
  /** Frames in a row whose face is another. */
  readonly strange: number;
  readonly lastDigest: string | null;
  readonly least: Extent | null;
  readonly most: Extent | null;
}

/** How far a face moved in each of the ways that are asked for. */
interface Extent {
  readonly yaw: number;
  readonly closed: number;
  readonly width: number;
}

/** What follows from a frame. */
export type ChallengeStep =
  /** `ask`: what to do now; `centre`: look straight ahead. */
  | { readonly kind: "goOn"; readonly challenge: Challenge; readonly ask: Move | "centre" }
  | { readonly kind: "passed" }
  | { readonly kind: "refused"; readonly reason: ChallengeRefusal };

// Degrees and shares that a person reaches without effort; chosen by hand, held to no recordings of attacks. Frontal
// webcam faces read up to 13° (engine.md §5), so straight ahead ends there and a turn begins well beyond it.
const CENTRED_YAW = 13;
const TURNED_YAW = 20;
const CLOSER = 1.25;
const BACK = 1.12;
const CLOSED = 0.85;
const CLOSES_BY = 0.4;
/** Of one sitting, straight ahead; another person's face is under it on all but one in ten thousand pairs (engine.md §6). */
const SAME_FACE = 0.5;
/** A turned face gives a lower score with itself (engine.md §5: the lowest genuine ones are near-profiles). */
const SAME_TURNED_FACE = 0.3;
/** One frame may be blurred or half hidden. */
const FRAMES_TO_BE_SURE = 2;
/** Less than a face before a camera moves by itself while it is asked to move. */
const STILL: Extent = { yaw: 4, closed: 0.25, width: 0.04 };

/** Three different moves in random order, by random bytes: nobody can record the answer before. */
export function drawMoves(random: Pick<Random, "bytes">): readonly Move[] {
  const left: Move[] = [...MOVES];
  const drawn: Move[] = [];
  while (drawn.length < MOVES.length - 1) {
    const [byte = 0] = random.bytes(1);
    // 256 is a multiple of 4 and 2; of 3 it misses by one, which favours nothing that helps to guess.
    drawn.push(...left.splice(byte % left.length, 1));
  }
  return drawn;
}

/** A challenge that nobody answered yet. */
export function beginChallenge(moves: readonly Move[], endsAtMs: number): Challenge {
  return {
    moves,
    endsAtMs,
    done: 0,
    base: null,
    centred: false,
    wrong: 0,
    strange: 0,
    lastDigest: null,
    least: null,
    most: null,
  };
}

/** Pure: a challenge and its next frame in, what follows out. */
export function answerChallenge(challenge: Challenge, frame: ChallengeFrame): ChallengeStep {
  if (frame.atMs > challenge.endsAtMs) return { kind: "refused", reason: lateReason(challenge) };
  const { face } = frame;
  // The same bytes again are no answer, nor is a frame without a face; neither is held against anybody.
  if (face === null || frame.digest === challenge.lastDigest) return goOn(challenge);
  const seen = { ...widened(challenge, face), lastDigest: frame.digest };
  if (seen.base === null) return goOn(isBase(face) ? { ...seen, base: face, centred: true } : seen);
  if (!isSameFace(face, seen.base)) {
    const strange = seen.strange + 1;
    return strange >= FRAMES_TO_BE_SURE ? { kind: "refused", reason: "swappedFace" } : goOn({ ...seen, strange });
  }
  return judgeMove({ ...seen, strange: 0 }, { face, base: seen.base });
}

function judgeMove(
  challenge: Challenge,
  { face, base }: { readonly face: SeenFace; readonly base: SeenFace },
): ChallengeStep {
  const asked = challenge.moves[challenge.done];
  // No move is asked for where liveness is told by the picture alone.
  if (asked === undefined) return { kind: "passed" };
  if (!challenge.centred) return goOn({ ...challenge, centred: isCentred(face, base) });
  if (shows(asked, face, base)) {
    const done = challenge.done + 1;
    if (done === challenge.moves.length) return { kind: "passed" };
    return goOn({ ...challenge, done, centred: false, wrong: 0 });
  }
  const wrong = OPPOSED[asked].some((move) => shows(move, face, base)) ? challenge.wrong + 1 : 0;
  return wrong >= FRAMES_TO_BE_SURE ? { kind: "refused", reason: "wrongOrder" } : goOn({ ...challenge, wrong });
}

/** Moves that nobody makes by chance; everybody blinks, so a blink is never the wrong move. */
const OPPOSED: Readonly<Record<Move, readonly Move[]>> = {
  turnLeft: ["turnRight", "comeCloser"],
  turnRight: ["turnLeft", "comeCloser"],
  blink: ["turnLeft", "turnRight", "comeCloser"],
  comeCloser: ["turnLeft", "turnRight"],
};

function shows(move: Move, face: SeenFace, base: SeenFace): boolean {
  switch (move) {
    case "turnLeft":
      return face.yaw - base.yaw >= TURNED_YAW;
    case "turnRight":
      return base.yaw - face.yaw >= TURNED_YAW;
    case "blink":
      return face.closed !== null && face.closed >= CLOSED && face.closed - (base.closed ?? 1) >= CLOSES_BY;
    case "comeCloser":
      return face.width >= base.width * CLOSER;
  }
}

function isBase(face: SeenFace): boolean {
  return Math.abs(face.yaw) <= CENTRED_YAW && face.closed !== null;
}

function isCentred(face: SeenFace, base: SeenFace): boolean {
  const open = face.closed !== null && face.closed - (base.closed ?? 0) < CLOSES_BY / 2;
  return Math.abs(face.yaw - base.yaw) <= CENTRED_YAW && face.width < base.width * BACK && open;
}

/** Whether two frames of one sitting show the same person. */
export function isSameFace(face: SeenFace, base: SeenFace): boolean {
  const least = Math.abs(face.yaw) <= CENTRED_YAW ? SAME_FACE : SAME_TURNED_FACE;
  return compare(face.template, base.template).similarity >= least;
}

function goOn(challenge: Challenge): ChallengeStep {
  const { base, centred, moves, done } = challenge;
  return { kind: "goOn", challenge, ask: base === null || !centred ? "centre" : (moves[done] ?? "centre") };
}

function widened(challenge: Challenge, { yaw, closed, width }: SeenFace): Challenge {
  const now: Extent = { yaw, closed: closed ?? 0, width };
  const { least, most } = challenge;
  if (least === null || most === null) return { ...challenge, least: now, most: now };
  return { ...challenge, least: each(least, now, Math.min), most: each(most, now, Math.max) };
}

function each(a: Extent, b: Extent, of: (a: number, b: number) => number): Extent {
  return { yaw: of(a.yaw, b.yaw), closed: of(a.closed, b.closed), width: of(a.width, b.width) };
}

/** Why nothing was done in time: a picture does not move. */
function lateReason({ least, most }: Challenge): ChallengeRefusal {
  if (least === null || most === null) return "lateFrame";
  const still = (["yaw", "closed", "width"] as const).every((way) => most[way] - least[way] < STILL[way]);
  return still ? "stillPicture" : "lateFrame";
}
