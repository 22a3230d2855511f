import { type Gates, hintsOf, type Refusal, refusalsOf } from "./checks/gates.ts";
import { measureEyes } from "./checks/measure-eyes.ts";
import { measureLight } from "./checks/measure-light.ts";
import { cutForLiveness, type LivenessCrop, livenessCrop, measureLiveness } from "./checks/measure-liveness.ts";
import { cutForPose, measurePose } from "./checks/measure-pose.ts";
import { type Clock, systemClock } from "./clock.ts";
import { chooseFace } from "./detect/choose-face.ts";
import { type Found, type FoundFace, findFaces } from "./detect/find-faces.ts";
import { ALIGNED_SIZE } from "./embed/align-face.ts";
import { cutCrown, cutForEmbedder, embedFace } from "./embed/embed-face.ts";
import { EngineError } from "./engine-error.ts";
import { runChecks } from "./heads/run-checks.ts";
import type {
  Box,
  Eyes,
  Inspection,
  Light,
  Liveness,
  Measurement,
  Point,
  Pose,
  Problem,
  Template,
} from "./inspection.ts";
import { cutForLandmarks, distance, type FivePoints, findLandmarks, fivePoints } from "./landmarks.ts";
import { modelIdOf } from "./model-table.ts";
import type { Models } from "./models.ts";
import type { Picture, Pixels } from "./picture.ts";
import { unmeasured } from "./unmeasured.ts";

export { DEFAULT_GATES, type Gates } from "./checks/gates.ts";

/** Everything of an Inspection that follows from the decoded picture. */
export type Measured = Pick<
  Inspection,
  "faceCount" | "primary" | "pose" | "quality" | "template" | "liveness" | "eyes" | "checks" | "problems" | "timings"
>;

/** What a measurement needs besides the picture. */
export interface MeasureContext {
  readonly models: Models;
  readonly purpose: "match" | "enrol";
  readonly gates: Gates;
  /** Whether the eyes are measured; default: no. */
  readonly eyes?: boolean;
  /** Whether a head cover is looked for; default: yes. */
  readonly headCover?: boolean;
  /** Default: the process's own time. */
  readonly clock?: Pick<Clock, "now">;
}

/**
 * Finds the face of a decoded picture and measures it. Problems are in the answer: a picture that a gate refuses is
 * measured all the same; when a model fails, nothing of it is a number.
 */
export async function measure(picture: Picture, context: MeasureContext): Promise<Measured> {
  const stages = createStages(context.clock ?? systemClock);
  const { detector } = context.models;
  let faceCount: number | null = null;
  try {
    const found = await stages.time("detect", () =>
      findFaces(picture, { session: detector, row: context.models.table.detector }),
    );
    faceCount = found.faces.length;
    const choice = chooseFace(found.faces, picture);
    if (choice === undefined) return { ...unmeasured("no_face", stages.timings), faceCount };
    const face = await measureFace({ picture, found, face: choice.primary, context }, stages);
    const gated = { ...face, ambiguous: choice.ambiguous };
    const refusals = refusalsOf(gated, context);
    const hints = hintsOf(gated, refusals);
    return { ...report({ picture, found, face, refusals, hints }, context.models), timings: stages.timings };
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== "modelFailure") throw error;
    return { ...unmeasured("model_failure", stages.timings), faceCount };
  }
}

interface Stages {
  readonly timings: Record<string, number>;
  time<T>(stage: string, work: () => T | Promise<T>): Promise<T>;
}

/** Takes the time of each stage in milliseconds; stages may overlap. They are told in the order of their begin. */
function createStages(clock: Pick<Clock, "now">): Stages {
  const timings: Record<string, number> = {};
  return {
    timings,
    async time(stage, work) {
      const startedAtMs = clock.now();
      timings[stage] = 0;
      try {
        return await work();
      } finally {
        timings[stage] = clock.now() - startedAtMs;
      }
    },
  };
}

interface FaceInPicture {
  readonly picture: Picture;
  readonly found: Found;
  readonly face: FoundFace;
  readonly context: MeasureContext;
}

/** All that was measured of the chosen face; positions in pixels of the fitted picture. */
interface MeasuredFace {
  readonly box: Box;
  readonly score: number;
  readonly landmarks: readonly Point[];
  readonly interocularPx: number;
  readonly template: Template;
  readonly recognisable: boolean;
  readonly liveness: Liveness;
  readonly livenessCropScale: number;
  readonly pose: Pose;
  readonly light: Light;
  readonly insideShare: number;
  readonly embeddingNorm: number;
  readonly eyes: Measurement<Eyes>;
  readonly checks: Measured["checks"];
}

async function measureFace({ picture, found, face, context }: FaceInPicture, stages: Stages): Promise<MeasuredFace> {
  const { canvas, offset } = found;
  const { models } = context;
  const { table } = models;
  const box: Box = { ...face.box, x: face.box.x + offset.x, y: face.box.y + offset.y };
  const crop: LivenessCrop = livenessCrop(picture, face.box, table.liveness.cropScale);
  // The image library works on threads of its own: what waits for no model is cut beside one that runs.
  const [onCanvas, livenessInput] = await allDone([
    stages.time("landmarks", () => landmarksOf({ canvas, box, models })),
    stages.time("livenessCrop", () => cutForLiveness(picture, { rect: crop.rect, row: table.liveness })),
  ]);
  const points: FivePoints = fivePoints(onCanvas);
  const [aligned, poseInput, liveness] = await allDone([
    stages.time("align", () => cutForEmbedder(canvas, { points, row: table.embedder })),
    stages.time("poseCrop", () => cutForPose(canvas, { box, row: table.pose })),
    stages.time("liveness", () => measureLiveness(livenessInput, { session: models.liveness, row: table.liveness })),
  ]);
  const embedded = await stages.time("embed", () =>
    embedFace(aligned, { session: models.embedder, row: table.embedder }),
  );
  const posed = await stages.time("pose", () => measurePose(poseInput, models.pose));
  const eyes = await eyesOf({ canvas, landmarks: onCanvas, context }, stages);
  const crown = await crownOutputs({ canvas, points, context }, stages);
  const tensors = { embedder: embedded.outputs, pose: posed.outputs, crown };
  const checks = await stages.time("checks", () => runChecks(models.heads, { tensors, rows: table }));
  return {
    ...face,
    landmarks: onCanvas.map(({ x, y }) => ({ x: x - offset.x, y: y - offset.y })),
    interocularPx: distance(points.leftEye, points.rightEye),
    template: embedded.template,
    recognisable: embedded.recognisable,
    liveness,
    livenessCropScale: crop.scale,
    pose: posed.pose,
    light: measureLight(aligned.aligned, ALIGNED_SIZE),
    insideShare: insideShare(face.box, picture),
    embeddingNorm: embedded.norm,
    eyes,
    checks,
  };
}

/** What all of it gave, or the first failure; either way only when none of it reads the picture any more. */
async function allDone<T extends readonly Promise<unknown>[] | []>(
  work: T,
): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  await Promise.allSettled(work);
  return await Promise.all(work);
}

async function landmarksOf(face: {
  readonly canvas: Pixels;
  readonly box: Box;
  readonly models: Models;
}): Promise<readonly Point[]> {
  const { canvas, box, models } = face;
  const crop = await cutForLandmarks(canvas, { box, row: models.table.landmarks });
  return await findLandmarks(crop, { box, session: models.landmarks });
}

function report(
  measured: {
    readonly picture: Picture;
    readonly found: Found;
    readonly face: MeasuredFace;
    readonly refusals: readonly Refusal[];
    readonly hints: readonly string[];
  },
  models: Models,
): Omit<Measured, "timings"> {
  const { picture, found, face, refusals, hints } = measured;
  const { scale } = picture;
  const { box } = face;
  return {
    faceCount: found.faces.length,
    primary: {
      box: { x: box.x * scale, y: box.y * scale, width: box.width * scale, height: box.height * scale },
      detectorScore: face.score,
      landmarks: face.landmarks.map(({ x, y }) => ({ x: x * scale, y: y * scale })),
      interocularPx: face.interocularPx * scale,
    },
    pose: { value: face.pose, model: modelIdOf(models.table.pose) },
    quality: {
      retried: found.retried,
      livenessCropScale: face.livenessCropScale,
      faceWidthFraction: box.width / picture.width,
      insideShare: face.insideShare,
      ...face.light,
      embeddingNorm: face.embeddingNorm,
      hints,
    },
    template: { value: face.template, model: modelIdOf(models.table.embedder) },
    liveness: { value: face.liveness, model: modelIdOf(models.table.liveness) },
    eyes: face.eyes,
    checks: face.checks,
    problems: uniqueProblems(refusals),
  };
}

/** The eyes, where they were asked for: a match does not need them, and they cost two runs. */
async function eyesOf(
  face: { readonly canvas: Pixels; readonly landmarks: readonly Point[]; readonly context: MeasureContext },
  stages: Stages,
): Promise<Measurement<Eyes>> {
  if (face.context.eyes !== true) return { unavailable: "notEvaluated" };
  const { canvas, landmarks } = face;
  const { eyes: session, table } = face.context.models;
  const value = await stages.time("eyes", () => measureEyes(canvas, { landmarks, session, row: table.eyes }));
  return { value, model: modelIdOf(table.eyes) };
}

/** What the embedder makes of forehead and hair, where a head cover is looked for by a head that reads it. */
async function crownOutputs(
  face: { readonly canvas: Pixels; readonly points: FivePoints; readonly context: MeasureContext },
  stages: Stages,
): Promise<readonly Float32Array[] | null> {
  const { canvas, points, context } = face;
  const { embedder, heads } = context.models;
  if (context.headCover === false || heads.headCover === null) return null;
  return await stages.time("headCover", async () => await embedder.run(await cutCrown(canvas, points)));
}

/** How much of a face box the picture holds. */
function insideShare(box: Box, picture: Picture): number {
  const width = Math.min(picture.width, box.x + box.width) - Math.max(0, box.x);
  const height = Math.min(picture.height, box.y + box.height) - Math.max(0, box.y);
  return Math.min(1, (Math.max(0, width) * Math.max(0, height)) / (box.width * box.height));
}

function uniqueProblems(refusals: readonly Refusal[]): readonly Problem[] {
  return [...new Set(refusals.map((refusal) => refusal.problem))];
}
