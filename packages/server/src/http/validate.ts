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
      .map((error) => ({ path: error.instancePath.slice(0, LONGEST_PATH), message: wordsOf(error) }));
    return problem("validation", `The ${place} does not fit the schema: ${summary(errors)}`, { errors });
  };
}

/** The validator's words, and the names where it leaves them out. */
function wordsOf({ message, params }: { readonly message: string; readonly params: object }): string {
  if (!("additionalProperties" in params) || !Array.isArray(params.additionalProperties)) return message;
  const names = params.additionalProperties.map(String).join(", ").slice(0, LONGEST_PATH);
  return `must not have the property ${names}`;
}

function summary(errors: readonly { readonly path: string; readonly message: string }[]): string {
  const [first] = errors;
  if (first === undefined) return "see the OpenAPI document.";
  return `${first.path === "" ? "it" : first.path} ${first.message}.`;
}
