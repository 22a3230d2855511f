import { type Clock, pause } from "../clock.ts";
import type { Vault } from "./vault.ts";

/** What a batch of re-wrapping came to. */
export type Rewrapped =
  | { readonly kind: "moved"; readonly records: number }
  /** Nothing is left that another key sealed. */
  | { readonly kind: "done" }
  /** There is nothing to do, or another node has changed to another key. */
  | { readonly kind: "none" };

/** The member of the store that moves sealed columns to the present master key. */
export interface RewrapStore {
  advanceRewrap(batch: {
    readonly masterKeyCheck: Uint8Array;
    readonly limit: number;
    /** Pure: a batch may be begun more than once. `null`: it is under the present key already. */
    readonly rewrap: (sealed: Uint8Array) => Uint8Array | null;
  }): Promise<Rewrapped>;
}

/** What a rewrapper tells its host. */
export type RewrapReport =
  | { readonly kind: "rewrapped"; readonly records: number }
  /** It goes on after a while. */
  | { readonly kind: "rewrapFailed"; readonly error: unknown };

/** What {@link createRewrapper} is made of. */
export interface RewrapperOptions {
  readonly store: RewrapStore;
  readonly vault: Pick<Vault, "masterKeyCheck" | "rewrap">;
  readonly clock: Clock;
  /** Records a batch, and the rest between two: others wait for a transaction of this length. */
  readonly batch?: number;
  readonly restMs?: number;
  /** Must not throw. */
  readonly report: (report: RewrapReport) => void;
}

/** Moves what is sealed from one master key to the next. */
export interface Rewrapper {
  start(): void;
  /** Resolves when the batch under way has ended; what is left goes on after the next start. */
  stop(): Promise<void>;
}

const BATCH = 200;
const REST_MS = 20;
const AFTER_FAULT_MS = 5_000;

/** The cursor is the store's, so any number of nodes may, and one that is killed has not begun its batch (K12). */
export function createRewrapper(options: RewrapperOptions): Rewrapper {
  const { store, vault, clock, batch = BATCH, restMs = REST_MS, report } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async (): Promise<void> => {
    const order = {
      masterKeyCheck: vault.masterKeyCheck(),
      limit: batch,
      rewrap: (sealed: Uint8Array) => vault.rewrap(sealed),
    };
    let records = 0;
    while (!signal.aborted) {
      let waitMs = restMs;
      try {
        const step = await store.advanceRewrap(order);
        if (step.kind === "done") report({ kind: "rewrapped", records });
        if (step.kind !== "moved") return;
        records += step.records;
      } catch (error) {
        report({ kind: "rewrapFailed", error });
        waitMs = AFTER_FAULT_MS;
      }
      await pause(waitMs, { clock, signal });
    }
  };
  let running: Promise<void> | null = null;
  return {
    start: () => {
      running ??= run();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
