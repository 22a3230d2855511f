import { EngineError } from "../engine-error.ts";
import type { Box, Pose } from "../inspection.ts";
import type { ModelRow } from "../model-table.ts";
import { clipRect, type Pixels, pixelRect, stretch } from "../picture.ts";
import type { Session } from "../session.ts";
import { softmax } from "../softmax.ts";

// engine.md §5.8 and §4: the crop takes in hair and chin; 66 bins of 3° begin at −99°.
const MARGIN = 0.25;
const DEGREES_PER_BIN = 3;
const FIRST_BIN_DEGREES = -99;

/** A pose, and everything the model gave on its way, in the order of its row. */
export interface Posed {
  readonly pose: Pose;
  readonly outputs: readonly Float32Array[];
}

/** What the pose model is given. @throws {EngineError} `modelFailure` */
export async function cutForPose(picture: Pixels, { box, row }: { box: Box; row: ModelRow }): Promise<Uint8Array> {
  const { width, height } = row.preprocessing;
  const rect = clipRect(
    pixelRect({
      x: box.x - box.width * MARGIN,
      y: box.y - box.height * MARGIN,
      width: box.width * (1 + 2 * MARGIN),
      height: box.height * (1 + 2 * MARGIN),
    }),
    picture,
  );
  if (rect === undefined) throw new EngineError("modelFailure", "the face lies outside the picture");
  return await stretch(picture, { rect, width, height });
}

/** Which way the head is turned. @throws {EngineError} `modelFailure` */
export async function measurePose(crop: Uint8Array, session: Session): Promise<Posed> {
  const outputs = await session.run(crop);
  const [yaw, pitch, roll] = outputs;
  // The model counts yaw to the picture's left (measured: its sign follows the nose, r = −0.88 on 122 faces).
  return { pose: { yaw: -degreesOf(yaw), pitch: degreesOf(pitch), roll: degreesOf(roll) }, outputs };
}

/** Expected angle over the bins. */
export function degreesOf(logits: Float32Array | undefined): number {
  const expected = softmax(logits ?? new Float32Array(0)).reduce((sum, share, bin) => sum + share * bin, 0);
  const degrees = DEGREES_PER_BIN * expected + FIRST_BIN_DEGREES;
  if (!Number.isFinite(degrees) || logits === undefined || logits.length === 0) {
    throw new EngineError("modelFailure", "the pose model gave no angle");
  }
  return degrees;
}
