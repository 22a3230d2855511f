import { execFile } from "node:child_process";
import { cpus, totalmem } from "node:os";

/** Where and from what a report was made. */
export interface Provenance {
  /** `null` outside of a git checkout; `+` after it: with changes that are not committed. */
  readonly commit: string | null;
  readonly machine: string;
}

/** The commit of the checkout that this file belongs to, and the machine it runs on. */
export async function readProvenance(): Promise<Provenance> {
  const commit = await git("rev-parse", "HEAD");
  const changes = commit === null ? null : await git("status", "--porcelain", "--untracked-files=no");
  const [cpu] = cpus();
  const gigabytes = (totalmem() / 1e9).toFixed(0);
  return {
    commit: commit === null ? null : `${commit}${changes === "" ? "" : "+"}`,
    machine: `${cpu?.model.trim() ?? "unknown processor"}, ${cpus().length} cores, ${gigabytes} GB, ${process.platform} ${process.arch}, Node ${process.version}`,
  };
}

async function git(...args: readonly string[]): Promise<string | null> {
  return await new Promise((resolve) => {
    execFile("git", args, { cwd: import.meta.dirname, timeout: 5000 }, (error, stdout) => {
      resolve(error === null ? stdout.trim() : null);
    });
  });
}
