import { randomBytes } from "node:crypto";

/** Randomness as the server knows it; handed in everywhere, so that a test or a simulation owns it. */
export interface Random {
  /** Cryptographically strong bytes. */
  bytes(length: number): Uint8Array;
  /** 0 ≤ x < 1, for jitter only. */
  fraction(): number;
}

/** The random source of this host. */
export const systemRandom: Random = {
  bytes: (length) => new Uint8Array(randomBytes(length)),
  fraction: () => Math.random(),
};

/** As many bytes as ids take, and not those of a key: these are asked for by themselves. */
const LONGEST_PIECE = 16;
const POOL_BYTES = 4_096;

/** The same source, asked for many short pieces at once: a call costs as much for 12 bytes as for hundreds (measured). */
export function pooled(source: Random): Random {
  let pool: Uint8Array = new Uint8Array(0);
  let at = 0;
  return {
    ...source,
    bytes: (length) => {
      if (length > LONGEST_PIECE) return source.bytes(length);
      if (at + length > pool.length) {
        pool = source.bytes(POOL_BYTES);
        at = 0;
      }
      const piece = pool.slice(at, at + length);
      // What is given out stays nowhere else.
      pool.fill(0, at, at + length);
      at += length;
      return piece;
    },
  };
}
