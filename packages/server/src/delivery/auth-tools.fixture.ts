import type { SignInTools } from "./auth-kind.ts";
import { createTokenMemory } from "./token-memory.ts";

/** Tools for a way of signing in that asks nobody: a post is a failure of the test. */
export const NO_TOOLS: SignInTools = {
  tokens: createTokenMemory(),
  memoryKey: "one",
  refused: null,
  nowMs: () => 0,
  post: async () => await Promise.reject(new Error("nothing is to be posted")),
};
