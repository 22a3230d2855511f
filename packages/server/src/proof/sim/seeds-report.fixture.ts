import { runInProcess } from "./own-process.fixture.ts";

/** Which seeds a process is to run. */
export interface SeedsRequest {
  /** Before all others. */
  readonly known?: readonly number[];
  readonly first: number;
  readonly step: number;
  readonly count: number;
  /** After those: so many from there on, by the same step. */
  readonly rest?: { readonly first: number; readonly count: number };
  readonly seconds: number;
  /** A file with a plan, in place of the seeds' own. */
  readonly plan?: string;
  /** False: the plan that fails is told as it is. */
  readonly shrink?: boolean;
}

/** What came of them. */
export interface SeedsReport {
  readonly ran: number;
  /** What they took of a core, the start of the process included. */
  readonly cpuMs: number;
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
  return await runInProcess("run-seeds.fixture.ts", request);
}
