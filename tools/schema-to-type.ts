/** The part of JSON Schema that the schemas of the wire and of the API use. */
export interface JsonSchema {
  readonly type?: string;
  readonly const?: string | number | boolean;
  readonly enum?: readonly string[];
  readonly $ref?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
  readonly items?: JsonSchema;
  readonly maxItems?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean;
}

const PLAIN: Readonly<Record<string, string>> = {
  string: "string",
  number: "number",
  integer: "number",
  boolean: "boolean",
  null: "null",
};

/** The text of the TypeScript type of a schema; a reference is the name of what it refers to. */
export function typeOf(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return schema.$ref.split("/").at(-1) ?? "unknown";
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(" | ");
  if (schema.type === "array")
    return schema.maxItems === 0 ? "readonly []" : `readonly ${elementOf(schema.items ?? {})}[]`;
  if (schema.type === "object") return objectType(schema);
  return PLAIN[schema.type ?? ""] ?? "unknown";
}

function elementOf(items: JsonSchema): string {
  const type = typeOf(items);
  return type.includes(" | ") ? `(${type})` : type;
}

/** The text of the interface of an object schema. */
export function interfaceOf(name: string, about: string, schema: object): string {
  // A TypeBox schema is JSON Schema by its text; its own types say less about the keys than its data.
  return `/** ${about} */\ninterface ${name} {\n${members(JSON.parse(JSON.stringify(schema)) as JsonSchema)
    .map((line) => `  ${line}\n`)
    .join("")}}`;
}

function objectType(schema: JsonSchema): string {
  const [values] = Object.values(schema.patternProperties ?? {});
  if (values !== undefined) return `Readonly<Record<string, ${typeOf(values)}>>`;
  const inside = members(schema);
  return inside.length === 0 ? "Readonly<Record<string, never>>" : `{ ${inside.join(" ")} }`;
}

function members(schema: JsonSchema): string[] {
  const required = new Set(schema.required);
  const listed = Object.entries(schema.properties ?? {}).map(
    ([key, value]) => `readonly ${key}${required.has(key) ? "" : "?"}: ${typeOf(value)};`,
  );
  return schema.additionalProperties === false ? listed : [...listed, "readonly [key: string]: unknown;"];
}
