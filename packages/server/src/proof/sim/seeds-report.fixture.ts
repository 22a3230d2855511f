import { spawn } from "node:child_process";
import { join } from "node:path";

/** Which seeds a process is to run. */
export interface SeedsRequest {
  readonly first: number;
  readonly step: number;
  readonly count: number;
  readonly seconds: number;
  /** A file with a plan, in place of the seeds' own. */
  readonly plan?: string;
  /** False: the plan that fails is told as it is. */
  readonly shrink?: boolean;
}

/** What came of them. */
export interface SeedsReport {
  readonly ran: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly traces: Readonly<Record<number, string>>;
  /** The first that failed; the process stops there. */
  readonly failed: {
    readonly seed: number;
    readonly violations: readonly string[];
    readonly plan: string;
    readonly steps: number;
  } | null;
}

/** Runs seeds in a process of its own. */
export async function runSeeds(request: SeedsRequest): Promise<SeedsReport> {
  const file = join(import.meta.dirname, "run-seeds.fixture.ts");
  const child = spawn(process.execPath, ["--conditions=@sameface/source", file, JSON.stringify(request)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString("utf8")) as SeedsReport;
}
