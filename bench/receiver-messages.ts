/** What the counting receiver says. */
export type ReceiverMessage =
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "expecting" }
  /** As many came as were expected: id and time of each. */
  | { readonly kind: "reached"; readonly arrivals: readonly (readonly [id: string, atMs: number])[] };

/** What it is told: forget what came, and say when so many have come. */
export interface ReceiverOrder {
  readonly expect: number;
}
