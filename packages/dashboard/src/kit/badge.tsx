import type { Tone } from "./tones.ts";

/** One word of state: colour, shape and text say the same. */
export function Badge({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return <span className={`badge ${tone}`}>{children}</span>;
}
