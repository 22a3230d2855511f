import { clockTime, relativeTime } from "./format.ts";
import { useNow } from "./use-now.tsx";

/** A moment: how long ago, and the exact time where the pointer rests. */
export function Time({ at }: { readonly at: string }) {
  const nowMs = useNow();
  const atMs = Date.parse(at);
  return (
    <time dateTime={at} title={clockTime(atMs)}>
      {relativeTime(atMs, nowMs)}
    </time>
  );
}

/** The exact moment. */
export function ClockTime({ at }: { readonly at: string }) {
  return <time dateTime={at}>{clockTime(Date.parse(at))}</time>;
}
