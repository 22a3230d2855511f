import type { Clock } from "../clock.ts";
import { SendError } from "./send-error.ts";

/** The end of something: aborted by time (`timeout`) or by whoever stops it, with a {@link SendError} as the reason. */
export interface Deadline {
  readonly signal: AbortSignal;
  cancel(): void;
}

/** @param stop ends it earlier: for its own reason where that is a {@link SendError}, else as `stopped` */
export function startDeadline(
  stop: AbortSignal,
  { clock, totalMs }: { readonly clock: Clock; readonly totalMs: number },
): Deadline {
  const controller = new AbortController();
  const onStop = (): void => {
    controller.abort(stop.reason instanceof SendError ? stop.reason : new SendError("stopped"));
  };
  const cancelTimer = clock.after(totalMs, () => {
    controller.abort(new SendError("timeout"));
  });
  stop.addEventListener("abort", onStop, { once: true });
  if (stop.aborted) onStop();
  return {
    signal: controller.signal,
    cancel: () => {
      cancelTimer();
      stop.removeEventListener("abort", onStop);
    },
  };
}
