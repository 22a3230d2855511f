import type { OutcomeKind } from "@sameface/contract";
import type { DemoPictures } from "./demo-pictures.ts";

/** One authentication of the demo, and what the receiver must get to hear. */
export interface Scene {
  readonly title: string;
  readonly customerId: string;
  readonly picture: Exclude<keyof DemoPictures, "source">;
  readonly expected: OutcomeKind;
  /** `errorCode` in the body; `null`: the body has none. */
  readonly code: number | null;
  /** The key of the body that must be true, and alone. */
  readonly worn?: "hasLenses" | "hasFaceMask";
}

/** The customers of the demo: one enrolled, one enrolled and blocked. */
export const ENROLLED = "anna";
export const BLOCKED = "bert";

/** In the order of the page, an exception of our own last. */
export const SCENES: readonly Scene[] = [
  {
    title: "the same person on another picture",
    customerId: ENROLLED,
    picture: "again",
    expected: "passed",
    code: null,
  },
  { title: "another person", customerId: ENROLLED, picture: "other", expected: "not-recognized", code: 4015 },
  {
    title: "a customer that was never enrolled",
    customerId: "nobody",
    picture: "again",
    expected: "unknown-customer",
    code: 4004,
  },
  { title: "a blocked customer", customerId: BLOCKED, picture: "again", expected: "blocklisted", code: 4003 },
  {
    title: "a face that is not live (this picture is drawn, not a real attack)",
    customerId: ENROLLED,
    picture: "drawnFace",
    expected: "spoof",
    code: 4005,
  },
  {
    title: "glasses (this picture is drawn)",
    customerId: ENROLLED,
    picture: "drawnLenses",
    expected: "declined",
    code: null,
    worn: "hasLenses",
  },
  {
    title: "a mask (this picture is drawn)",
    customerId: ENROLLED,
    picture: "drawnMask",
    expected: "declined",
    code: null,
    worn: "hasFaceMask",
  },
  {
    title: "no face at all (this picture is drawn)",
    customerId: ENROLLED,
    picture: "landscape",
    expected: "error",
    code: 9001,
  },
];
