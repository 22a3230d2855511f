import { type Attribute, CHECK_NAMES, type CheckName, type Measurement } from "../inspection.ts";
import { headIdOf } from "./head-table.ts";
import type { Heads } from "./load-heads.ts";
import { measureAttribute } from "./measure-attribute.ts";
import { type HeadTensorNames, type HeadTensors, readInputs } from "./read-inputs.ts";

/**
 * Whether a mask, lenses or a head cover are worn, in the order of the checks' names: the heads read what embedder and
 * pose model worked out on their way. A head that reads a run which was not made is not evaluated.
 * @throws {EngineError} `modelFailure`
 */
export function runChecks(
  heads: Heads,
  seen: { readonly tensors: HeadTensors; readonly rows: HeadTensorNames },
): Readonly<Record<CheckName, Measurement<Attribute>>> {
  const entries = CHECK_NAMES.map((name) => {
    const head = heads[name];
    const unread = head?.row.inputs.some(({ run }) => seen.tensors[run] === null);
    if (head === null || unread === true) return [name, { unavailable: "notEvaluated" }] as const;
    const value = measureAttribute(head, readInputs(head.row.inputs, seen));
    return [name, { value, model: headIdOf(head.row) }] as const;
  });
  // Object.fromEntries forgets its keys; CHECK_NAMES names each check once.
  return Object.fromEntries(entries) as Record<CheckName, Measurement<Attribute>>;
}
