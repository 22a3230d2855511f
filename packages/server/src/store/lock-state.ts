import type { AtMs } from "./records.ts";

/** How many consecutive failures bar further attempts (T7). */
export interface LockLimits {
  /** From so many on, each further attempt waits. */
  readonly waitAfterFailures: number;
  readonly waitMs: number;
  /** From so many on, none is judged until an operator resets the counter. */
  readonly stopAfterFailures: number;
}

/** Whether an attempt may be judged now. */
export type LockState =
  | { readonly kind: "open" }
  /** `retryAfterMs` `null`: stopped until an operator resets it. */
  | { readonly kind: "locked"; readonly retryAfterMs: number | null };

/** What is counted of one customer or one source. */
export interface CountedFailures {
  readonly consecutiveFailures: number;
  /** `null`: none since the last success. */
  readonly lastFailureAtMs: AtMs | null;
}

/** What one counter says of an attempt now (T7). */
export function lockStateOf(
  { consecutiveFailures, lastFailureAtMs }: CountedFailures,
  { limits, nowMs }: { readonly limits: LockLimits; readonly nowMs: AtMs },
): LockState {
  if (consecutiveFailures >= limits.stopAfterFailures) return { kind: "locked", retryAfterMs: null };
  if (consecutiveFailures < limits.waitAfterFailures || lastFailureAtMs === null) return { kind: "open" };
  const retryAfterMs = lastFailureAtMs + limits.waitMs - nowMs;
  return retryAfterMs > 0 ? { kind: "locked", retryAfterMs } : { kind: "open" };
}

/** The stricter of the two. */
export function stricter(a: LockState, b: LockState): LockState {
  if (a.kind === "open") return b;
  if (b.kind === "open") return a;
  if (a.retryAfterMs === null || b.retryAfterMs === null) return { kind: "locked", retryAfterMs: null };
  return { kind: "locked", retryAfterMs: Math.max(a.retryAfterMs, b.retryAfterMs) };
}
