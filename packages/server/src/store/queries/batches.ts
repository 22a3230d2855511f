import { StoreError } from "../store-error.ts";
import type { Backend, GroupOrder, WriteView } from "./backend.ts";

/** How things of one kind are written together. */
export interface BatchKind<Item, Verdict> {
  /** Things of one batch have this alike. */
  readonly keyOf: (item: Item) => string;
  readonly orderOf: (key: string) => GroupOrder;
  /** Most in one batch: a bound on one statement. SQLite takes 32,766 parameters, PostgreSQL 65,535. */
  readonly most: number;
  /** May be run again after a conflict between processes; one verdict for each, in their order. */
  readonly write: (view: WriteView, items: readonly Item[]) => Promise<readonly Verdict[]>;
  /** What one does whose batch failed. */
  readonly alone: (item: Item) => Promise<Verdict>;
}

interface Waiting<Item, Verdict> {
  readonly item: Item;
  readonly settle: (verdict: Verdict | Promise<Verdict>) => void;
  readonly reject: (fault: unknown) => void;
}

/** The store as a whole takes nothing just now, or never again: to ask once more for each would only take longer. */
const HOPELESS: readonly string[] = ["busy", "closed", "full"];

/** Whether what failed for many would fail for each of them. */
export function isHopeless(fault: unknown): boolean {
  return fault instanceof StoreError && HOPELESS.includes(fault.code);
}

/**
 * Writes things together: what arrives while the last batch is written is one batch, with as many statements however many
 * there are. A batch that fails is written one by one, so that one bad member fails alone. Where its commit fails, nobody
 * knows whether it stands: its callers hear of that.
 */
export function createBatches<Item, Verdict>(
  backend: Pick<Backend, "write">,
  kind: BatchKind<Item, Verdict>,
): (item: Item) => Promise<Verdict> {
  const lines = new Map<string, Waiting<Item, Verdict>[]>();
  const flush = async (key: string): Promise<void> => {
    const batch: Waiting<Item, Verdict>[] = [];
    // Closed to whoever comes later: they make the next batch. One that is run again keeps its members.
    const taken = (): readonly Waiting<Item, Verdict>[] => {
      if (batch.length > 0) return batch;
      const line = lines.get(key) ?? [];
      batch.push(...line.splice(0, kind.most));
      if (line.length === 0) lines.delete(key);
      else void flush(key);
      return batch;
    };
    const progress = { isWritten: false };
    try {
      const verdicts = await backend.write(async (view) => {
        progress.isWritten = false;
        const written = await kind.write(view, itemsOf(taken()));
        progress.isWritten = true;
        return written;
      }, kind.orderOf(key));
      for (const [at, verdict] of verdicts.entries()) batch[at]?.settle(verdict);
    } catch (fault) {
      // Where the store refused before it asked for the work, they are taken here.
      refuse(taken(), { ...progress, fault, alone: kind.alone });
    }
  };
  return async (item) =>
    await new Promise((settle, reject) => {
      const key = kind.keyOf(item);
      const line = lines.get(key);
      if (line !== undefined) {
        line.push({ item, settle, reject });
        return;
      }
      lines.set(key, [{ item, settle, reject }]);
      void flush(key);
    });
}

function itemsOf<Item>(batch: readonly { readonly item: Item }[]): readonly Item[] {
  return batch.map(({ item }) => item);
}

function refuse<Item, Verdict>(
  batch: readonly Waiting<Item, Verdict>[],
  why: { readonly fault: unknown; readonly isWritten: boolean; readonly alone: (item: Item) => Promise<Verdict> },
): void {
  const { fault, isWritten, alone } = why;
  const isFinal = isWritten || isHopeless(fault);
  for (const { item, settle, reject } of batch) {
    if (isFinal) reject(fault);
    else settle(alone(item));
  }
}
