import { ReceiverError } from "./receiver-error.ts";

/** A fault of the program that sets a receiver up. @internal */
export function badOption(message: string): ReceiverError {
  return new ReceiverError("badOption", message);
}

/** The value of an option, unless it is too small or no number. @throws {ReceiverError} `badOption` @internal */
export function checkLeast(value: number, { name, least }: { readonly name: string; readonly least: number }): number {
  if (value >= least) return value;
  throw badOption(`${name} is ${value}; at least ${least}`);
}
