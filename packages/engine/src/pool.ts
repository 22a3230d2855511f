import type { Clock } from "./clock.ts";
import { EngineError } from "./engine-error.ts";
import type { EngineLoad } from "./inspection.ts";
import { type ChildSettings, type Job, type JobOutcome, PictureChild, type Ready } from "./picture-child.ts";

/** Warm children beyond those that may work at once: one takes the place of a child that is killed. */
export const SPARE_CHILDREN = 1;
// engine.md §2: memory is looked at every 25 ms while a picture is being worked on.
const WATCH_EVERY_MS = 25;
// Ten times the usual 50 ms: a child this slow is likely lost, so the spare stands in for it before its deadline.
const SLOW_MS = 500;
const FIRST_RESTART_MS = 250;
const MAX_RESTART_MS = 10_000;

/** How many children, and how many pictures may wait for one. */
export interface PoolSettings extends ChildSettings {
  /** Pictures worked on at once; one child more is kept warm. */
  readonly processes: number;
}

/** What became of a picture; `queueMs` is how long it waited for a child. */
export type PoolOutcome =
  | (JobOutcome & { readonly queueMs: number })
  | { readonly kind: "overloaded"; readonly queueMs: number };

interface Waiting {
  readonly job: Job;
  readonly sinceMs: number;
  readonly resolve: (outcome: PoolOutcome | Promise<PoolOutcome>) => void;
  readonly reject: (reason: EngineError) => void;
}

/** Child processes that decode and measure, one picture at a time each, and a bounded queue in front. */
export class ChildPool {
  readonly #settings: PoolSettings;
  readonly #clock: Clock;
  readonly #children = new Set<PictureChild>();
  readonly #idle = new Set<PictureChild>();
  /** Killed children that the operating system still lists. */
  readonly #leaving = new Set<Promise<void>>();
  readonly #cancelRestarts = new Set<() => void>();
  #queue: Waiting[] = [];
  #cancelWatch: (() => void) | null = null;
  #failedStarts = 0;
  #restarts = 0;
  #reachable = false;
  #closed = false;

  private constructor(settings: PoolSettings) {
    this.#settings = settings;
    this.#clock = settings.clock;
  }

  /**
   * Starts every child at once.
   * @throws {EngineError} the first child's reason for not becoming ready; then none is left
   */
  static async start(settings: PoolSettings): Promise<{ readonly pool: ChildPool; readonly ready: Ready }> {
    const pool = new ChildPool(settings);
    const starting = Array.from({ length: settings.processes + SPARE_CHILDREN }, () => pool.#add().ready);
    try {
      const [ready] = await Promise.all(starting);
      if (ready === undefined) throw new EngineError("startFailed", "the engine was given no process to start");
      return { pool, ready };
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  get load(): EngineLoad {
    const working = [...this.#children].filter((child) => child.busyMs !== null).length;
    return { queued: this.#queue.length, working, restarts: this.#restarts };
  }

  /** Whether any child reached the parent's loopback when it started. */
  get reachable(): boolean {
    return this.#reachable;
  }

  /**
   * Has one picture inspected; never twice.
   * @throws {EngineError} `closed`, also for a picture that was waiting or in work when the pool closed
   */
  async inspect(job: Job): Promise<PoolOutcome> {
    if (this.#closed) throw closedError();
    // No child and none starting: the last starts failed, and the next try is some time away.
    if (this.#children.size === 0) return { kind: "overloaded", queueMs: 0 };
    const { promise, resolve, reject } = Promise.withResolvers<PoolOutcome>();
    this.#queue.push({ job, sinceMs: this.#clock.now(), resolve, reject });
    this.#dispatch();
    const { queue } = this.#settings.start.limits;
    if (this.#queue.length > queue) this.#shed((_, index) => index >= queue);
    return await promise;
  }

  /** Kills every child; resolves when the operating system lists none of them any more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelWatch?.();
    for (const cancel of this.#cancelRestarts) cancel();
    for (const { reject } of this.#queue.splice(0)) reject(closedError());
    for (const child of this.#children) child.kill();
    await Promise.all(this.#leaving);
  }

  #add(): PictureChild {
    const child = new PictureChild(this.#settings);
    this.#children.add(child);
    this.#leaving.add(child.gone);
    void child.gone.then(() => this.#leaving.delete(child.gone));
    void this.#follow(child);
    return child;
  }

  /** A child's whole life: ready, idle or busy, ended, replaced. */
  async #follow(child: PictureChild): Promise<void> {
    try {
      const { reachable } = await child.ready;
      this.#failedStarts = 0;
      this.#reachable ||= reachable;
      this.#idle.add(child);
      this.#dispatch();
      await child.ended;
    } catch {
      // The reason went to whoever started the pool; a child that fails later is tried again, ever more slowly.
      this.#failedStarts += 1;
    }
    this.#idle.delete(child);
    this.#children.delete(child);
    if (this.#closed) return;
    this.#restarts += 1;
    this.#replace();
  }

  #replace(): void {
    if (this.#failedStarts === 0) {
      this.#add();
      return;
    }
    const cancel = this.#clock.after(Math.min(FIRST_RESTART_MS * 2 ** (this.#failedStarts - 1), MAX_RESTART_MS), () => {
      this.#cancelRestarts.delete(cancel);
      this.#add();
    });
    this.#cancelRestarts.add(cancel);
    if (this.#children.size === 0) this.#shed(() => true);
  }

  /** Gives waiting pictures to idle children, as many as may work at once. */
  #dispatch(): void {
    // The last one that worked first: its memory is warm, the spare's is not.
    for (const child of [...this.#idle].reverse()) {
      if (this.#working() >= this.#settings.processes) break;
      const next = this.#queue.shift();
      if (next === undefined) break;
      this.#idle.delete(child);
      next.resolve(this.#run(child, next));
    }
    if (this.#cancelWatch === null && this.#isActive()) this.#scheduleWatch();
  }

  /** Children at a picture, without those that are so slow that the spare stands in for them. */
  #working(): number {
    return [...this.#children].filter((child) => child.busyMs !== null && child.busyMs < SLOW_MS).length;
  }

  async #run(child: PictureChild, { job, sinceMs }: Waiting): Promise<PoolOutcome> {
    const queueMs = this.#clock.now() - sinceMs;
    const outcome = await child.inspect(job);
    if (this.#closed) throw closedError();
    if (child.alive) {
      this.#idle.add(child);
      this.#dispatch();
    }
    return { ...outcome, queueMs };
  }

  #isActive(): boolean {
    return this.#queue.length > 0 || [...this.#children].some((child) => child.busyMs !== null);
  }

  #scheduleWatch(): void {
    this.#cancelWatch = this.#clock.after(WATCH_EVERY_MS, () => {
      this.#cancelWatch = null;
      for (const child of this.#children) if (child.busyMs !== null) child.watch();
      const { inspectTimeoutMs } = this.#settings.start.limits;
      this.#shed(({ sinceMs }) => this.#clock.now() - sinceMs > inspectTimeoutMs);
      this.#dispatch();
    });
  }

  /** Turns waiting pictures away. */
  #shed(isTooMuch: (waiting: Waiting, index: number) => boolean): void {
    const shed = this.#queue.filter(isTooMuch);
    this.#queue = this.#queue.filter((waiting) => !shed.includes(waiting));
    for (const { sinceMs, resolve } of shed) resolve({ kind: "overloaded", queueMs: this.#clock.now() - sinceMs });
  }
}

function closedError(): EngineError {
  return new EngineError("closed", "the engine is closed");
}
