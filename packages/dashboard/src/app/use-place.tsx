import { useMemo, useSyncExternalStore } from "react";
import { type Place, readPlace } from "./routes.ts";

/** Where the reader is; follows links, back and forward. */
export function usePlace(): Place {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => readPlace(hash), [hash]);
}

/** Goes there. `replace`: without a step of its own in the history, for filters while they are typed. */
export function go(href: string, options: { readonly replace?: boolean } = {}): void {
  if (options.replace === true) window.location.replace(href);
  else window.location.assign(href);
}

function subscribe(changed: () => void): () => void {
  window.addEventListener("hashchange", changed);
  return () => {
    window.removeEventListener("hashchange", changed);
  };
}
