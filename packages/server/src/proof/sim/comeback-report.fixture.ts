import { runInProcess } from "./own-process.fixture.ts";

/** One endpoint of so many has a rate of its own. */
export const RATED_OF = 50;
export const RATE_A_SECOND = 2;

/** How many come back, and how long they were gone. */
export interface ComebackRequest {
  readonly endpoints: number;
  readonly outageMs: number;
}

/** One request as a receiver saw it, milliseconds since all began. */
export interface Arrival {
  readonly endpoint: number;
  readonly atMs: number;
  /** When it was answered. */
  readonly untilMs: number;
  readonly taken: boolean;
}

/** What came of it. */
export interface ComebackReport {
  /** In the order of their time. */
  readonly arrivals: readonly Arrival[];
  readonly deliveries: number;
  readonly delivered: number;
}

/** In a process of its own: the test runner follows every promise, which costs as much as the run. */
export async function runComeback(request: ComebackRequest): Promise<ComebackReport> {
  return await runInProcess("comeback.fixture.ts", request);
}
