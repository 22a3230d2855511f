import { cutForPose, measurePose } from "../src/checks/measure-pose.ts";
import { chooseFace } from "../src/detect/choose-face.ts";
import { findFaces } from "../src/detect/find-faces.ts";
import { cutCrown, cutForEmbedder, embedFace } from "../src/embed/embed-face.ts";
import { HEAD_TABLE } from "../src/heads/head-table.ts";
import { readInputs } from "../src/heads/read-inputs.ts";
import { type Box, CHECK_NAMES, type CheckName, type Point } from "../src/inspection.ts";
import { cutForLandmarks, distance, type FivePoints, findLandmarks, fivePoints } from "../src/landmarks.ts";
import type { Models } from "../src/models.ts";
import type { Picture, Pixels } from "../src/picture.ts";
import type { Random } from "./drawing/random.ts";

/** The numbers that each head reads of one face. */
export type Looks = Readonly<Record<CheckName, Float32Array>>;

/** A face as the engine finds it, and what the heads read of it; `null` where it finds none. */
export async function look(
  pixels: Pixels,
  { models, drawn }: { readonly models: Models; readonly drawn?: DrawnTruth },
): Promise<Looks | null> {
  const picture: Picture = { ...pixels, scale: 1 };
  const found = await findFaces(picture, { session: models.detector, row: models.table.detector });
  const face = chooseFace(found.faces, picture)?.primary;
  if (face === undefined) return null;
  const { canvas, offset } = found;
  const box = { ...face.box, x: face.box.x + offset.x, y: face.box.y + offset.y };
  const crop = await cutForLandmarks(canvas, { box, row: models.table.landmarks });
  const landmarks = await findLandmarks(crop, { box, session: models.landmarks });
  const points = fivePoints(landmarks);
  if (drawn === undefined) return await read({ canvas, box, points, models });
  if (!nearTruth(points, { eyes: drawn.eyes, offset })) return null;
  return await read({ canvas, models, ...nudge({ box, points }, drawn.random) });
}

/** What is known of a drawn face, and the chance that moves its landmarks a little. */
export interface DrawnTruth {
  readonly eyes: readonly [Point, Point];
  readonly random: Random;
}

/** On photographs landmarks and boxes are less sure than on drawings: turned, scaled and shifted by some per cent. */
function nudge(
  { box, points }: { readonly box: Box; readonly points: FivePoints },
  random: Random,
): { readonly box: Box; readonly points: FivePoints } {
  const size = distance(points.leftEye, points.rightEye);
  const turn = random.bell() * 0.05;
  const scale = 1 + random.bell() * 0.06;
  const shift = { x: random.bell() * 0.04 * size, y: random.bell() * 0.05 * size };
  const to = ({ x, y }: Point): Point => {
    const [dx, dy] = [x - points.nose.x, y - points.nose.y];
    return {
      x: points.nose.x + shift.x + scale * (dx * Math.cos(turn) - dy * Math.sin(turn)) + random.bell() * 0.02 * size,
      y: points.nose.y + shift.y + scale * (dx * Math.sin(turn) + dy * Math.cos(turn)) + random.bell() * 0.02 * size,
    };
  };
  const { leftEye, rightEye, nose, leftMouth, rightMouth } = points;
  const grow = 1 + random.bell() * 0.06;
  return {
    points: {
      leftEye: to(leftEye),
      rightEye: to(rightEye),
      nose: to(nose),
      leftMouth: to(leftMouth),
      rightMouth: to(rightMouth),
    },
    box: {
      x: box.x + random.bell() * 0.04 * box.width - (box.width * (grow - 1)) / 2,
      y: box.y + random.bell() * 0.05 * box.height - (box.height * (grow - 1)) / 2,
      width: box.width * grow,
      height: box.height * grow,
    },
  };
}

/** Points that took something else for the face say nothing of what is worn on it; a mask moves them a little. */
function nearTruth(
  points: FivePoints,
  drawn: { readonly eyes: readonly [Point, Point]; readonly offset: Point },
): boolean {
  const [left, right] = drawn.eyes.map(({ x, y }) => ({ x: x + drawn.offset.x, y: y + drawn.offset.y }));
  if (left === undefined || right === undefined) return false;
  const reach = 0.8 * distance(left, right);
  return distance(left, points.leftEye) < reach && distance(right, points.rightEye) < reach;
}

/** Runs the models whose inner tensors the heads read, on the very crops that an inspection cuts. */
async function read(face: {
  readonly canvas: Pixels;
  readonly box: Box;
  readonly points: FivePoints;
  readonly models: Models;
}): Promise<Looks> {
  const { canvas, box, points, models } = face;
  const { embedder, pose } = models.table;
  const aligned = await cutForEmbedder(canvas, { points, row: embedder });
  const embedded = await embedFace(aligned, { session: models.embedder, row: embedder });
  const posed = await measurePose(await cutForPose(canvas, { box, row: pose }), models.pose);
  const crown = await models.embedder.run(await cutCrown(canvas, points));
  const seen = { tensors: { embedder: embedded.outputs, pose: posed.outputs, crown }, rows: models.table };
  const looks = CHECK_NAMES.map((name) => [name, readInputs(HEAD_TABLE[name].inputs, seen)] as const);
  return Object.fromEntries(looks) as Record<CheckName, Float32Array>;
}
