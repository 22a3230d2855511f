import { useEffect, useRef } from "react";

/** Calls back after something happened at the server, at most every two seconds; follows again after a break. */
export function useLive(onPulse: () => void): void {
  const latest = useRef(onPulse);
  latest.current = onPulse;
  useEffect(() => {
    const source = new EventSource("/v1/live");
    let first = true;
    let timer: ReturnType<typeof setTimeout> | null = null;
    source.addEventListener("pulse", () => {
      // What stood when following began is shown already.
      if (first) {
        first = false;
        return;
      }
      timer ??= setTimeout(() => {
        timer = null;
        latest.current();
      }, REST_MS);
    });
    return () => {
      source.close();
      if (timer !== null) clearTimeout(timer);
    };
  }, []);
}

const REST_MS = 2_000;
