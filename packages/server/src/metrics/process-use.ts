import { monitorEventLoopDelay } from "node:perf_hooks";
import type { ProcessUse } from "./create-metrics.ts";

/** Watches this process; the histogram of its event loop begins anew with every reading. */
export function watchProcess(): {
  readonly start: () => void;
  readonly read: () => ProcessUse;
  readonly stop: () => void;
} {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  return {
    start: () => {
      delay.enable();
    },
    read: () => {
      const { user, system } = process.cpuUsage();
      // Nothing sampled yet: the percentile is NaN on some platforms.
      const p99 = delay.percentile(99);
      delay.reset();
      return {
        residentBytes: process.memoryUsage.rss(),
        cpuSeconds: (user + system) / 1e6,
        loopDelayP99Seconds: Number.isFinite(p99) ? p99 / 1e9 : 0,
      };
    },
    stop: () => {
      delay.disable();
    },
  };
}
