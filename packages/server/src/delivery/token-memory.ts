import type { SendFailure } from "./send-result.ts";

/** A token that a token endpoint gave, or why there is none. */
export type TokenResult =
  | { readonly kind: "token"; readonly token: string; readonly expiresAtMs: number }
  | { readonly kind: "failed"; readonly reason: SendFailure };

/** Tokens of endpoints, in the memory of this node only: none is ever stored. */
export interface TokenMemory {
  /**
   * The token that is remembered, else one that is fetched; those who ask meanwhile share one fetch.
   * @param ask.refused a token that does not serve any more; `null`: none was refused
   */
  take(
    key: string,
    ask: {
      readonly refused: string | null;
      readonly nowMs: number;
      readonly fetch: () => Promise<TokenResult>;
    },
  ): Promise<TokenResult>;
}

const MOST_TOKENS = 10_000;

/** @returns a memory that is empty */
export function createTokenMemory(): TokenMemory {
  const tokens = new Map<string, Extract<TokenResult, { kind: "token" }>>();
  const fetching = new Map<string, Promise<TokenResult>>();
  const fetchOnce = async (key: string, fetch: () => Promise<TokenResult>): Promise<TokenResult> => {
    try {
      const result = await fetch();
      tokens.delete(key);
      if (result.kind === "token") tokens.set(key, result);
      const [oldest] = tokens.keys();
      if (tokens.size > MOST_TOKENS && oldest !== undefined) tokens.delete(oldest);
      return result;
    } finally {
      fetching.delete(key);
    }
  };
  return {
    take: async (key, { refused, nowMs, fetch }) => {
      const known = tokens.get(key);
      if (known !== undefined && known.token !== refused && known.expiresAtMs > nowMs) return known;
      const running = fetching.get(key) ?? fetchOnce(key, fetch);
      fetching.set(key, running);
      return await running;
    },
  };
}
