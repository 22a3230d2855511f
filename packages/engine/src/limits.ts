import type { EngineInfo } from "./inspection.ts";

/** What bounds one picture and one child process. @see engine.md §2 and §3, reliability.md T17 */
export type Limits = EngineInfo["limits"];

/** The limits that hold where the operator names no other. */
export const DEFAULT_LIMITS: Limits = {
  maxBytes: 8_000_000,
  // 24 × 1024 × 1024: phones send 12 to 24 million.
  maxPixels: 25_165_824,
  minSide: 64,
  maxSide: 8192,
  // A legal picture of 2,647 scans took the decoder 18 s; one of 100 takes 0.6 s.
  maxScans: 100,
  decodeTimeoutMs: 2000,
  inspectTimeoutMs: 4000,
  memoryBytes: 512_000_000,
  queue: 32,
};
