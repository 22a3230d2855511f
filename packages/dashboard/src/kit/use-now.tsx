import { useSyncExternalStore } from "react";

const STEP_MS = 5_000;

/** The time in steps of five seconds, so that everything that counts from it moves together. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => Math.floor(Date.now() / STEP_MS) * STEP_MS + STEP_MS);
}

function subscribe(changed: () => void): () => void {
  const timer = setInterval(changed, STEP_MS);
  return () => {
    clearInterval(timer);
  };
}
