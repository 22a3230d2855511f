import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { EngineError } from "./engine-error.ts";
import { between, finite, flag, type Guard, listOf, oneOf, optional, shape, text, whole } from "./guards.ts";
import { MODEL_ROLES, type ModelRole, type ModelRow, type ModelTable } from "./model-table.ts";

const planes = { min: 1, max: 3 };
const side = whole(1, 4096);
const output: Guard<unknown> = (value) => named(value) || inner(value);
const named = shape({ name: text(200), length: whole(1, 100_000_000) });
const inner = shape({
  name: text(200),
  length: whole(1, 100_000_000),
  inner: (value): value is true => value === true,
});

const preprocessing = shape({
  id: (value): value is string => typeof value === "string" && /^[a-z0-9][a-z0-9.-]{0,63}$/.test(value),
  width: side,
  height: side,
  channels: oneOf(["RGB", "BGR", "grey"]),
  mean: listOf(finite, planes),
  std: listOf(between(1e-6, 1e6), planes),
});

/** Every key of a row and what it may hold; `undefined` where it may be left out. */
const ROW: Readonly<Record<keyof ModelRow, Guard<unknown>>> = {
  file: text(4096),
  bytes: whole(1, 2_000_000_000),
  sha256: (value): value is string => typeof value === "string" && /^[0-9a-f]{64}$/.test(value),
  licence: text(1000),
  input: text(200),
  outputs: listOf(output, { min: 1, max: 20 }),
  preprocessing,
  fillBlocks: optional(flag),
  minNorm: optional(between(0, 1e6)),
  cropScale: optional(between(1, 10)),
  liveIndex: optional(whole(0, 100)),
};

/**
 * Rows of the model table from a JSON file, by role: what an operator brings instead of a model that ships. A row is
 * whole; its `file` lies beside the JSON file, or names its whole path.
 * @throws {EngineError} `startFailed`: not there, not JSON, a role that is none, a row with a key that is missing, unknown
 * or wrong; the message names it
 * @example
 * ```ts
 * const engine = await createEngine({ models: await readModelRows("/etc/sameface/models.json") });
 * ```
 */
export async function readModelRows(path: string): Promise<Partial<ModelTable>> {
  const rows = await readObject(path);
  const entries = Object.entries(rows).map(([role, row]) => {
    if (!MODEL_ROLES.some((known) => known === role)) {
      throw refused(path, `"${role}" is no role; roles: ${MODEL_ROLES.join(", ")}`);
    }
    const wrong = wrongKey(row);
    if (wrong !== null) throw refused(path, `${role}: "${wrong}" is missing, unknown or not allowed`);
    // Every key has met its guard.
    const checked = row as ModelRow;
    return [role as ModelRole, { ...checked, file: resolve(dirname(path), checked.file) }] as const;
  });
  return Object.fromEntries(entries);
}

function wrongKey(row: unknown): string | null {
  if (typeof row !== "object" || row === null) return "the row";
  const values = new Map<string, unknown>(Object.entries(row));
  const unknown = [...values.keys()].find((key) => !Object.hasOwn(ROW, key));
  return unknown ?? Object.entries(ROW).find(([key, guard]) => !guard(values.get(key)))?.[0] ?? null;
}

async function readObject(path: string): Promise<object> {
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch (cause) {
    throw refused(path, "it cannot be read as JSON", { cause });
  }
  throw refused(path, "it must hold an object of rows by role");
}

function refused(path: string, why: string, options?: ErrorOptions): EngineError {
  return new EngineError(
    "startFailed",
    `${path}: ${why}. docs/how-to/bring-your-own-models.md says how a row looks`,
    options,
  );
}
