import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { type ProblemAnswer, problem } from "./route.ts";

/** A compiled schema: strict, nothing is coerced, nothing is added. */
export type Validate = (value: unknown) => ProblemAnswer | null;

const MOST_ERRORS = 20;
/** A path is made of names that the caller chose. */
const LONGEST_PATH = 200;

/** @param place what a person calls the thing, `body` or `query` */
export function compileValidator(schema: TSchema, place: string): Validate {
  const check = Compile(schema);
  return (value) => {
    if (check.Check(value)) return null;
    const errors = check
      .Errors(value)
      // The same field once more in the words of the schema's inside.
      .filter((error) => error.keyword !== "boolean")
      .slice(0, MOST_ERRORS)
      .map((error) => ({ path: error.instancePath.slice(0, LONGEST_PATH), message: wordsOf(error, schema) }));
    return problem("validation", `The ${place} does not fit the schema: ${summary(errors)}`, { errors });
  };
}

/** What the validator tells of one field. */
interface Told {
  readonly keyword: string;
  readonly message: string;
  /** Where in the schema: `#/properties/id`. */
  readonly schemaPath: string;
  readonly params: object;
}

/** The validator's words, but where they are those of the schema's inside. */
function wordsOf({ keyword, message, schemaPath, params }: Told, schema: TSchema): string {
  const { additionalProperties, allowedValues, allowedValue } = params as Readonly<Record<string, unknown>>;
  switch (keyword) {
    case "additionalProperties":
      return `must not have the property ${listOf(additionalProperties)}`;
    case "enum":
      return `must be one of ${listOf(allowedValues)}`;
    case "const":
      return `must be ${JSON.stringify(allowedValue)}`;
    case "pattern":
      return `must be as described: ${descriptionAt(schema, schemaPath)}`;
    case "anyOf":
      return "must have one of its forms";
    default:
      return message;
  }
}

function listOf(names: unknown): string {
  return (Array.isArray(names) ? names.map(String) : []).join(", ").slice(0, LONGEST_PATH);
}

/** A regular expression is no word for a person: what it stands for is said beside it (`validate.test.ts` holds it to that). */
function descriptionAt(schema: TSchema, schemaPath: string): string {
  const names = schemaPath.split("/").slice(1);
  let at: unknown = schema;
  for (const name of names) at = (at as Readonly<Record<string, unknown>> | undefined)?.[name];
  const { description } = (at ?? {}) as { readonly description?: string };
  return description ?? "see the OpenAPI document.";
}

function summary(errors: readonly { readonly path: string; readonly message: string }[]): string {
  const [first] = errors;
  if (first === undefined) return "see the OpenAPI document.";
  return `${first.path === "" ? "it" : first.path} ${first.message.replace(/\.$/, "")}.`;
}
