export { DEFAULT_GATES, type Gates } from "./checks/gates.ts";
export { compare } from "./compare.ts";
export { createEngine, type EngineOptions } from "./create-engine.ts";
export { type DrawnFaceOptions, drawFace } from "./drawn-face.ts";
export { EngineError, type EngineErrorCode } from "./engine-error.ts";
export { type BareImage, bareImage } from "./image/bare-image.ts";
export {
  type Attribute,
  type Box,
  CHECK_NAMES,
  type CheckName,
  type Comparison,
  type Engine,
  type EngineInfo,
  type EngineLoad,
  type Eyes,
  type ImageFacts,
  type Inspection,
  type InspectOptions,
  type Liveness,
  type Measurement,
  type Point,
  type Pose,
  PROBLEMS,
  type PrimaryFace,
  type Problem,
  type Quality,
  type Template,
} from "./inspection.ts";
export { DEFAULT_LIMITS, type Limits } from "./limits.ts";
export {
  EMBEDDER_ID,
  MODEL_ROLES,
  MODEL_TABLE,
  type ModelRole,
  type ModelRow,
  type ModelTable,
} from "./model-table.ts";
export { readModelRows } from "./read-model-rows.ts";
