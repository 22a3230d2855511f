import { Compile } from "typebox/compile";
import { type Config, OTHER_VARIABLES, type SettingName, Settings, variableOf } from "./settings.ts";

/** What {@link readConfig} answers; `line` is for the operator: which setting, what it was, what is allowed. */
export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly line: string };

/** Where settings come from. */
export interface ConfigSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Text of `sameface.config.json`; `null`: there is none. The environment goes before it. */
  readonly file: string | null;
}

const FILE = "sameface.config.json";
const PROPERTIES = Settings.properties;
const NAMES = Object.keys(PROPERTIES) as readonly SettingName[];
const CHECKS = Object.fromEntries(NAMES.map((name) => [name, Compile(PROPERTIES[name])])) as Record<
  SettingName,
  ReturnType<typeof Compile>
>;

/** Reads every setting; one that is wrong or unknown stops the start with one line (reliability.md S40). */
export function readConfig({ env, file }: ConfigSources): ConfigResult {
  const fromFile = readFile(file);
  if (!fromFile.ok) return fromFile;
  const unknown = unknownVariable(env);
  if (unknown !== null) return refuse(`${unknown} is not a setting. Settings: ${NAMES.map(variableOf).join(", ")}`);
  const config: Record<string, unknown> = {};
  for (const name of NAMES) {
    const text = env[variableOf(name)];
    // An empty variable is how shells and compose files unset one.
    const isInEnv = text !== undefined && text !== "";
    const value = (isInEnv ? readText(name, text) : fromFile.values[name]) ?? schemaOf(name).default;
    if (value === undefined) continue;
    if (!CHECKS[name].Check(value)) return refuse(isInEnv ? describe(name, text) : describeInFile(name, value));
    config[name] = value;
  }
  // Every value has met its own schema above.
  return { ok: true, config: config as Config };
}

/** `SAMEFACE_PORT is "x": …`, the value hidden where it is a secret. */
export function describe(name: SettingName, text: string, allowed = allowedOf(name)): string {
  return `${variableOf(name)} is ${shownOf(name, text)}; allowed: ${allowed}`;
}

/** The same of what stands in the file, under its name there. */
function describeInFile(name: SettingName, value: unknown): string {
  return `${FILE}: "${name}" is ${shownOf(name, value)}; allowed: ${allowedOf(name)}`;
}

function shownOf(name: SettingName, value: unknown): string {
  const json = JSON.stringify(value);
  if (!("secret" in schemaOf(name))) return json;
  return `set (${typeof value === "string" ? value.length : json.length} characters, not shown)`;
}

interface SettingSchema {
  readonly type?: string;
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly items?: { readonly type?: string };
}

/** The JSON Schema of a setting, by the members that are read here and in the reference page. */
export function schemaOf(name: SettingName): SettingSchema {
  return PROPERTIES[name] as SettingSchema;
}

function allowedOf(name: SettingName): string {
  const { type, minimum, maximum, minLength, description } = schemaOf(name);
  if (type === "integer" && minimum !== undefined && maximum !== undefined) {
    return `a whole number from ${minimum} to ${maximum}`;
  }
  const shortest = minLength !== undefined && minLength > 1 ? `at least ${minLength} characters. ` : "";
  return `${shortest}${description ?? ""}`;
}

function readText(name: SettingName, text: string): unknown {
  const { type, items } = schemaOf(name);
  if (type === "integer") return readNumber(text);
  if (type !== "array") return text;
  const parts = text.split(",").map((part) => part.trim());
  return items?.type === "number" ? parts.map(readNumber) : parts;
}

/** The number, or the text itself, which no numeric schema takes. */
function readNumber(text: string): number | string {
  return /^-?[0-9]{1,15}(\.[0-9]{1,6})?$/.test(text.trim()) ? Number(text) : text;
}

function unknownVariable(env: ConfigSources["env"]): string | null {
  const known = new Set(NAMES.map(variableOf));
  return (
    Object.keys(env).find((key) => key.startsWith("SAMEFACE_") && !known.has(key) && !OTHER_VARIABLES.has(key)) ?? null
  );
}

function readFile(
  text: string | null,
):
  | { readonly ok: true; readonly values: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly line: string } {
  if (text === null) return { ok: true, values: {} };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse(`${FILE} is not JSON`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return refuse(`${FILE} must hold an object`);
  const unknown = Object.keys(value).find((key) => !Object.hasOwn(PROPERTIES, key));
  if (unknown !== undefined) {
    return refuse(`${FILE}: ${JSON.stringify(unknown)} is not a setting. Settings: ${NAMES.join(", ")}`);
  }
  return { ok: true, values: value as Readonly<Record<string, unknown>> };
}

function refuse(line: string): { readonly ok: false; readonly line: string } {
  return { ok: false, line };
}
