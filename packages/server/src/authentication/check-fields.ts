import type { CheckName } from "@sameface/engine";

/** The keys of the body that tell of a capture check. */
export type WireField = "hasFaceMask" | "hasLenses";

/** Which key tells of which check. `null` must be said: the page names hats and shows no key for them (contract.md §4). */
export const CHECK_FIELDS: Readonly<Record<CheckName, WireField | null>> = {
  mask: "hasFaceMask",
  lenses: "hasLenses",
  headCover: null,
};
