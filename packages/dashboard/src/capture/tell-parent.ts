/** What the page tells whoever shows it in a frame: how it ended, and never what was decided. */
export type FrameState = "ready" | "done" | "failed" | "cancelled" | "ended" | "moved";

/** Tells the parent, where it is one of those that the policy names. */
export function tellParent(
  { parent, self }: Pick<Window, "parent" | "self">,
  told: { readonly state: FrameState; readonly origins: readonly string[] },
): void {
  if (parent === self) return;
  for (const origin of told.origins) parent.postMessage({ source: "sameface-capture", state: told.state }, origin);
}
