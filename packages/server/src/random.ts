/** Randomness as the server knows it; handed in everywhere, so that a test or a simulation owns it. */
export interface Random {
  /** Cryptographically strong bytes. */
  bytes(length: number): Uint8Array;
  /** 0 ≤ x < 1, for jitter only. */
  fraction(): number;
}
