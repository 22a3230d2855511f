import { equalInConstantTime, headerValues } from "@sameface/contract";
import { badOption } from "./check-option.ts";
import type { HeaderAuth } from "./source.ts";

/** A header that the vendor sends with each request, as its console has it. */
export interface StaticHeader {
  readonly name: string;
  /** Those that are live: one, or two during a rotation; each of 16 characters or more. */
  readonly values: readonly string[];
}

/**
 * Auth by a fixed header, compared in constant time with each live value.
 * @throws {ReceiverError} `badOption`: without a value that is long enough, anybody would be let in
 * @example
 * createReceiver({ source: "incode", auth: staticHeader({ name: "x-webhook-secret", values: [secret] }) })
 */
export function staticHeader({ name, values }: StaticHeader): HeaderAuth {
  if (name === "" || values.length < 1 || values.length > 2 || values.some((value) => value.length < 16)) {
    throw badOption("a static header has a name and one or two values of 16 characters or more");
  }
  const wanted = name.toLowerCase();
  return (headers) => {
    const [given, ...more] = headerValues(headers)(wanted);
    return given !== undefined && more.length === 0 && isOneOf(values, given);
  };
}

/** No early exit: time tells nothing about which one matched. @internal */
export function isOneOf(live: readonly string[], given: string): boolean {
  let found = false;
  for (const value of live) found = equalInConstantTime(value, given) || found;
  return found;
}
