import { HEAD_TABLE } from "./heads/head-table.ts";
import type { Heads } from "./heads/load-heads.ts";
import { CHECK_NAMES, type CheckName } from "./inspection.ts";
import { MODEL_ROLES, type ModelRole } from "./model-table.ts";
import type { PreparedModels } from "./prepare-models.ts";

/** Prepared models in one piece, as they go through the pipe: a child opens no file but those of its own code. */
export interface ModelParcel {
  /** Of each part in turn: the graphs in the order of MODEL_ROLES, the heads in that of CHECK_NAMES; 0 for no head. */
  readonly lengths: readonly number[];
  readonly bytes: Uint8Array;
}

/** @see ModelParcel */
export function packModels({ graphs, heads }: PreparedModels): ModelParcel {
  const weights = CHECK_NAMES.map((name) => heads[name]?.weights ?? new Float32Array(0));
  const parts = [
    ...MODEL_ROLES.map((role) => graphs[role]),
    ...weights.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)),
  ];
  return { lengths: parts.map((part) => part.length), bytes: Buffer.concat(parts) };
}

/** The graphs lie in the parcel's own bytes. */
export function unpackModels({ lengths, bytes }: ModelParcel): PreparedModels {
  let at = 0;
  const parts = lengths.map((length) => {
    const part = bytes.subarray(at, at + length);
    at += length;
    return part;
  });
  const partOf = (index: number): Uint8Array => parts[index] ?? new Uint8Array(0);
  const headOf = (name: CheckName, index: number): Heads[CheckName] => {
    const part = partOf(MODEL_ROLES.length + index);
    // A copy: float values lie only at multiples of four.
    return part.length === 0 ? null : { row: HEAD_TABLE[name], weights: new Float32Array(new Uint8Array(part).buffer) };
  };
  // Object.fromEntries forgets its keys; both lists name each key once.
  return {
    graphs: Object.fromEntries(MODEL_ROLES.map((role, index) => [role, partOf(index)])) as Record<
      ModelRole,
      Uint8Array
    >,
    heads: Object.fromEntries(CHECK_NAMES.map((name, index) => [name, headOf(name, index)])) as Heads,
  };
}
