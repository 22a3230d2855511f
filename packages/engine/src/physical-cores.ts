import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/**
 * Cores that do arithmetic of their own, as far as this process may use them; two threads of one core share its
 * vector units, so a second child there gains little. 1 or more.
 */
export function physicalCores(): number {
  const usable = availableParallelism();
  const cores = process.platform === "linux" ? coresOf(readCpuInfo()) : usable;
  return Math.max(1, Math.min(usable, cores === 0 ? usable : cores));
}

/** Distinct pairs of socket and core; 0 where the text names none (ARM, some containers). */
export function coresOf(cpuInfo: string): number {
  const pairs = cpuInfo.split("\n\n").flatMap((block) => {
    const socket = /^physical id\s*: (\d+)$/m.exec(block)?.[1];
    const core = /^core id\s*: (\d+)$/m.exec(block)?.[1];
    return socket === undefined || core === undefined ? [] : [`${socket}/${core}`];
  });
  return new Set(pairs).size;
}

function readCpuInfo(): string {
  try {
    return readFileSync("/proc/cpuinfo", "utf8");
  } catch {
    // No /proc: the number that Node gives serves.
    return "";
  }
}
