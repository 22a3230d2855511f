import type { EngineErrorCode } from "./engine-error.ts";
import { encodeFrame, type Frame, type FrameLimits } from "./framing.ts";
import { between, either, finite, flag, listOf, nullable, oneOf, recordOf, shape, text, whole } from "./guards.ts";
import { PROBLEMS, type Template } from "./inspection.ts";
import type { Measured } from "./measure.ts";
import type { ChildMessage } from "./messages.ts";

/** The codes that a child may name for not becoming ready. */
const START_FAILURES = [
  "modelMissing",
  "modelChanged",
  "modelExternalData",
  "modelFailure",
  "startFailed",
] as const satisfies readonly EngineErrorCode[];
// Hundreds of squares of float32 values, summed: far under a thousandth off when the vector is of length 1.
const NORM_TOLERANCE = 1e-3;

/** What a template that a child sends must be; both follow from the embedder's row. */
export interface ExpectedTemplate {
  readonly embedderId: string;
  /** How many numbers it holds. */
  readonly vectorLength: number;
}

/** The most that a child may send in one frame: 68 landmarks and all else take under 8 KB. */
export function replyLimits({ vectorLength }: ExpectedTemplate): FrameLimits {
  return { maxHeadBytes: 65_536, maxBodyBytes: vectorLength * Float32Array.BYTES_PER_ELEMENT };
}

const probability = between(0, 1);
const id = whole(0, Number.MAX_SAFE_INTEGER);
// A PNG may claim 2^32 − 1; the claim is told as it is, beside the problem.
const side = whole(1, 4_294_967_295);
const point = shape({ x: finite, y: finite });
const model = text(200);
const unavailable = shape({ unavailable: text(200) });
const attribute = either(shape({ value: shape({ probability, present: flag }), model }), unavailable);

const measuredReply = shape({
  faceCount: nullable(whole(0, 100_000)),
  primary: nullable(
    shape({
      box: shape({ x: finite, y: finite, width: finite, height: finite }),
      detectorScore: probability,
      landmarks: listOf(point, { min: 68, max: 68 }),
      interocularPx: between(0, Number.MAX_VALUE),
    }),
  ),
  pose: either(shape({ value: shape({ yaw: finite, pitch: finite, roll: finite }), model }), unavailable),
  quality: nullable(
    shape({
      retried: flag,
      livenessCropScale: nullable(finite),
      faceWidthFraction: between(0, Number.MAX_VALUE),
      insideShare: probability,
      brightness: probability,
      darkShare: probability,
      brightShare: probability,
      sharpness: between(0, Number.MAX_VALUE),
      embeddingNorm: between(0, Number.MAX_VALUE),
      hints: listOf(text(200), { min: 0, max: 20 }),
    }),
  ),
  // The vector is the frame's body.
  template: either(shape({ value: shape({ embedderId: text(100) }), model }), unavailable),
  liveness: either(shape({ value: shape({ live: probability }), model }), unavailable),
  eyes: either(shape({ value: shape({ left: probability, right: probability }), model }), unavailable),
  checks: shape({ mask: attribute, lenses: attribute, headCover: attribute }),
  problems: listOf(oneOf(PROBLEMS), { min: 0, max: PROBLEMS.length }),
  timings: recordOf(between(0, Number.MAX_VALUE), { pattern: /^[a-zA-Z]{1,32}$/, max: 32 }),
});

const runtime = shape({ name: oneOf(["onnxruntime-node", "onnxruntime-web"]), version: text(50) });
const isReady = shape({ type: oneOf(["ready"]), runtime, reachable: flag });
const isFailed = shape({ type: oneOf(["failed"]), code: oneOf(START_FAILURES), message: text(2000) });
const isHeader = shape({ type: oneOf(["header"]), id, width: side, height: side, orientation: whole(1, 8) });
const isDecoded = shape({ type: oneOf(["decoded"]), id });
const isInspected = shape({ type: oneOf(["inspected"]), id, measured: measuredReply });

/**
 * Reads what a child sent, which may have been taken over by a picture: every number is finite and in its range, no
 * key is missing or more, a template is of length 1 and made by the embedder that was asked for.
 * @returns `null` for anything else
 */
export function parseReply(frame: Frame, expected: ExpectedTemplate): ChildMessage | null {
  const { head, body } = frame;
  if (isInspected(head)) return readInspected(head, { body, ...expected });
  if (body.length > 0) return null;
  if (isReady(head) || isFailed(head) || isHeader(head) || isDecoded(head)) return head;
  return null;
}

type InspectedHead = typeof isInspected extends (value: unknown) => value is infer T ? T : never;

function readInspected(
  head: InspectedHead,
  options: ExpectedTemplate & { readonly body: Uint8Array },
): ChildMessage | null {
  const { template, ...rest } = head.measured;
  if (!("value" in template)) {
    return options.body.length === 0 ? { ...head, measured: { ...rest, template } } : null;
  }
  const vector = readVector(options);
  if (vector === null || template.value.embedderId !== options.embedderId) return null;
  const value: Template = { embedderId: options.embedderId, vector };
  return { ...head, measured: { ...rest, template: { value, model: template.model } } };
}

function readVector({ body, vectorLength }: ExpectedTemplate & { readonly body: Uint8Array }): Float32Array | null {
  if (body.length !== vectorLength * Float32Array.BYTES_PER_ELEMENT) return null;
  // A copy: the frame may lie anywhere in its buffer, float32 values only at multiples of four.
  const vector = new Float32Array(new Uint8Array(body).buffer);
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  // NaN fails both comparisons.
  return norm > 1 - NORM_TOLERANCE && norm < 1 + NORM_TOLERANCE ? vector : null;
}

/** The frame of a finished inspection; the template's vector travels as its float32 bytes, bit for bit. */
export function encodeInspected(requestId: number, measured: Measured): readonly Uint8Array[] {
  const { template } = measured;
  if (!("value" in template)) return encodeFrame({ type: "inspected", id: requestId, measured });
  const { embedderId, vector } = template.value;
  const named = { value: { embedderId }, model: template.model };
  const head = { type: "inspected", id: requestId, measured: { ...measured, template: named } };
  return encodeFrame(head, new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
}
