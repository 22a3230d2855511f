import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Live descendants of a process, from /proc. */
export function descendants(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (state !== "Z") parents.set(Number(entry), Number(parent));
    } catch {
      // The process ended while we looked.
    }
  }
  const below = (id: number): number[] =>
    [...parents].filter(([, parent]) => parent === id).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

/** What a process holds, from /proc. */
export function held(pid: number): { readonly rssBytes: number; readonly descriptors: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const rssKib = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN);
  return { rssBytes: rssKib * 1_024, descriptors: ownDescriptors(pid) };
}

const ESTABLISHED = "01";

/**
 * Descriptors of a process but for TCP connections that stand: how many of those there are is their peers' doing. What a
 * peer has closed and the process has not is counted.
 */
function ownDescriptors(pid: number): number {
  const standing = new Set(["tcp", "tcp6"].flatMap((table) => establishedInodes(`/proc/${pid}/net/${table}`)));
  return readdirSync(`/proc/${pid}/fd`).filter((name) => {
    const inode = /^socket:\[(\d+)\]$/.exec(targetOf(`/proc/${pid}/fd/${name}`))?.[1];
    return inode === undefined || !standing.has(inode);
  }).length;
}

function establishedInodes(table: string): readonly string[] {
  const [, ...lines] = readFileSync(table, "utf8").trimEnd().split("\n");
  const fields = lines.map((line) => line.trim().split(/\s+/));
  return fields.filter((line) => line[3] === ESTABLISHED).map((line) => line[9] ?? "");
}

/** Empty where it was closed while we looked. */
function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return "";
  }
}
