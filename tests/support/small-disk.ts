import { execFileSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** A disk of its own, small, in memory. */
export interface SmallDisk extends AsyncDisposable {
  readonly path: string;
  /** Writes until nothing fits any more. */
  fill(): void;
  /** Takes away what {@link SmallDisk.fill} wrote. */
  free(): void;
}

/** Whether this process may mount one. */
export function mayMount(): boolean {
  const probe = execFileSync("mktemp", ["-d"], { encoding: "utf8" }).trim();
  try {
    mount(probe, 1);
    execFileSync("umount", [probe]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { recursive: true });
  }
}

/** Mounts one of so many megabytes. */
export async function mountSmallDisk(megabytes: number): Promise<SmallDisk> {
  const folder = await mkdtemp(path.join(tmpdir(), "sameface-disk-"));
  mount(folder, megabytes);
  const ballast = path.join(folder, "ballast");
  return {
    path: folder,
    fill: () => {
      fillWith(ballast);
    },
    free: () => {
      rmSync(ballast);
    },
    [Symbol.asyncDispose]: async () => {
      // Lazily: a process that a failed test left behind must not keep it.
      execFileSync("umount", ["--lazy", folder]);
      await rm(folder, { recursive: true });
    },
  };
}

function mount(folder: string, megabytes: number): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder], { stdio: "ignore" });
}

function fillWith(file: string): void {
  const descriptor = openSync(file, "w");
  try {
    for (const block = Buffer.alloc(4_096, 1); ; ) writeSync(descriptor, block);
  } catch (fault) {
    if (!(fault instanceof Error && "code" in fault && fault.code === "ENOSPC")) throw fault;
  } finally {
    closeSync(descriptor);
  }
}
