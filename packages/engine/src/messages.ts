import type { EngineErrorCode } from "./engine-error.ts";
import type { ImageFormat } from "./image/image-format.ts";
import type { InspectOptions } from "./inspection.ts";
import type { Limits } from "./limits.ts";
import type { Gates, Measured } from "./measure.ts";
import type { ModelParcel } from "./model-parcel.ts";
import type { ModelTable } from "./model-table.ts";

/** First message to a child: what it needs to become ready. */
export interface StartMessage {
  readonly type: "start";
  readonly models: ModelTable;
  /** Of the parts of the frame's body: its bytes are the parcel's. */
  readonly modelLengths: ModelParcel["lengths"];
  readonly limits: Limits;
  readonly gates: Gates;
  /** One build of the runtime and no other; `null`: native, or WebAssembly where that does not load. */
  readonly runtime: Runtime["name"] | null;
  /** A port on the parent's loopback that the child tries to reach, and must not. */
  readonly probePort: number;
}

/** One picture; its bytes are the body of the frame. */
export interface InspectMessage {
  readonly type: "inspect";
  readonly id: number;
  readonly format: ImageFormat;
  readonly purpose: NonNullable<InspectOptions["purpose"]>;
  readonly eyes: boolean;
  readonly headCover: boolean;
}

/** What the parent says. */
export type ParentMessage = StartMessage | InspectMessage;

/** What the header of the file said; width and height are upright. */
export interface HeaderFacts {
  readonly width: number;
  readonly height: number;
  /** 1…8 */
  readonly orientation: number;
}

/** What the parent needs to know of the engine's runtime. */
export interface Runtime {
  readonly name: "onnxruntime-node" | "onnxruntime-web";
  readonly version: string;
}

/** What a child says. `failed` only before `ready`; then, for each picture: `header`, `decoded`, `inspected`. */
export type ChildMessage =
  | { readonly type: "ready"; readonly runtime: Runtime; readonly reachable: boolean }
  | { readonly type: "failed"; readonly code: EngineErrorCode; readonly message: string }
  | ({ readonly type: "header"; readonly id: number } & HeaderFacts)
  | { readonly type: "decoded"; readonly id: number }
  | { readonly type: "inspected"; readonly id: number; readonly measured: Measured };
