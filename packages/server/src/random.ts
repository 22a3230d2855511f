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
