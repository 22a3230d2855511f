import type { Schemas } from "@sameface/contract/client";

/** One text that a way of signing in wants. */
export interface AuthField {
  readonly name: string;
  readonly label: string;
  readonly required: boolean;
  /** `headers`: one `name: value` a line. */
  readonly shape: "text" | "secret" | "headers";
  readonly hint: string | null;
  readonly maxLength: number | null;
}

/** A way of signing in at an endpoint, as the served document describes it. */
export interface AuthForm {
  readonly kind: string;
  readonly description: string;
  readonly fields: readonly AuthField[];
}

type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce((now: unknown, name) => (isJson(now) ? now[name] : undefined), value);
const textAt = (value: unknown, name: string): string | null => {
  const found = at(value, name);
  return typeof found === "string" ? found : null;
};

/**
 * Reads the ways of signing in out of the OpenAPI document, so that one more of them needs no change here.
 * @param document `/openapi.json`
 */
export function readAuthForms(document: unknown): readonly AuthForm[] {
  const kinds = at(document, "components", "schemas", "EndpointAuth", "anyOf");
  return Array.isArray(kinds) ? kinds.flatMap(formOf) : [];
}

/** The samples that a test can send. */
export function readSamples(document: unknown): readonly Schemas["TestBody"]["sample"][] {
  const names = at(document, "components", "schemas", "TestBody", "properties", "sample", "enum");
  return Array.isArray(names) ? (names as Schemas["TestBody"]["sample"][]) : [];
}

function formOf(schema: unknown): readonly AuthForm[] {
  const kind = textAt(at(schema, "properties", "kind"), "const");
  const properties = at(schema, "properties");
  if (kind === null || !isJson(properties)) return [];
  const required = at(schema, "required");
  const names = Array.isArray(required) ? required : [];
  const fields = Object.entries(properties).flatMap(([name, property]): readonly AuthField[] => {
    if (name === "kind") return [];
    const maxLength = at(property, "maxLength");
    return [
      {
        name,
        label: labelOf(name),
        required: names.includes(name),
        shape: shapeOf(name, property),
        hint: textAt(property, "description"),
        maxLength: typeof maxLength === "number" ? maxLength : null,
      },
    ];
  });
  return [{ kind, description: textAt(schema, "description") ?? kind, fields }];
}

const SECRET = /password|secret|token$|key$/i;

function shapeOf(name: string, property: unknown): AuthField["shape"] {
  if (textAt(property, "type") === "object") return "headers";
  return SECRET.test(name) ? "secret" : "text";
}

/** `clientSecret` → `Client secret` */
function labelOf(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace(/\burl\b/, "URL");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The setting as the API takes it; what is left empty and not required is left out. */
export function authValue(form: AuthForm, texts: Readonly<Record<string, string>>): Schemas["EndpointAuth"] {
  const entries = form.fields.flatMap(({ name, required, shape }): readonly (readonly [string, unknown])[] => {
    const text = texts[name] ?? "";
    if (text === "" && !required) return [];
    return [[name, shape === "headers" ? readHeaderLines(text) : text]];
  });
  // The server judges it by the very schema that the form was drawn from.
  return { kind: form.kind, ...Object.fromEntries(entries) } as unknown as Schemas["EndpointAuth"];
}

/** `name: value` a line; empty lines are left out. */
export function readHeaderLines(text: string): Readonly<Record<string, string>> {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return colon < 0 ? [line.trim(), ""] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }),
  );
}
