import type { OutcomeKind } from "./outcomes.ts";
import { PAYLOADS } from "./payloads.gen.ts";

/**
 * The samples for test sends and `trigger`, each with the outcome it stands for.
 * Each is the golden body of its name in `payloads/`. @see interface.md
 */
export const SAMPLES = {
  passed: "passed",
  "unknown-customer": "unknown-customer",
  blocklisted: "blocklisted",
  spoof: "spoof",
  "not-recognized": "not-recognized",
  lenses: "declined",
  mask: "declined",
  "head-cover": "declined",
  "face-not-found": "error",
  unpredicted: "error",
  "unknown-code": "error",
} as const satisfies Record<keyof typeof PAYLOADS, OutcomeKind>;

/** One of {@link SAMPLES}. */
export type SampleName = keyof typeof SAMPLES;

/** A golden body, ready to be signed and sent. */
export interface Sample {
  readonly name: SampleName;
  readonly outcome: OutcomeKind;
  /** Its bytes: what `encodeNotification` writes; `unknown-code` is one that only another sender would send. */
  readonly body: Uint8Array;
}

/** Whether `name` is a sample's. */
export function isSampleName(name: string): name is SampleName {
  return Object.hasOwn(SAMPLES, name);
}

/** The sample of that name. */
export function sample(name: SampleName): Sample {
  return { name, outcome: SAMPLES[name], body: new TextEncoder().encode(PAYLOADS[name]) };
}
