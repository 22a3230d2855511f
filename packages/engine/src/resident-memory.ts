import { readFileSync } from "node:fs";

/**
 * Resident bytes of another process, out of `/proc`, which the kernel keeps in kB whatever the page size.
 * @returns `null` where there is no such process, or no `/proc` (macOS, Windows): then nothing is watched
 */
export function residentBytes(pid: number): number | null {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    // Gone between two looks.
    return null;
  }
}
