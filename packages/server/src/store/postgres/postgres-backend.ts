import { newTimedId } from "@sameface/contract";
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import type { Backend, GroupOrder, WriteView } from "../queries/backend.ts";
import type { StoreError } from "../store-error.ts";
import { createGroupCommit, type GroupCommit } from "./group-commit.ts";
import { createInsertRows } from "./insert-rows.ts";
import { leases, listed } from "./lists.ts";
import type { NodeWake } from "./node-wake.ts";
import { earliestDue, pickDue } from "./pick-due.ts";
import type { Session, Transactions } from "./transactions.ts";

/** The parts that an opened database is made of. */
export interface PostgresParts {
  readonly transactions: Transactions;
  readonly clock: Clock;
  readonly random: Random;
  readonly nextTurn: () => Promise<void>;
  readonly listeners: Set<() => void>;
  readonly wake: Pick<NodeWake, "tell">;
  /** Ends every connection. */
  readonly release: () => Promise<void>;
}

/**
 * For statements that take rows by their keys, however many: each would be planned anew whenever it is asked. What is
 * planned while a table is small must do when it has grown, so that no plan reads all of it.
 */
const PLANNED_ONCE = ["set local plan_cache_mode = force_generic_plan", "set local enable_seqscan = off"];
/**
 * A lease need not be on disk when its request begins: what a crash of the database takes of leases was in flight, and is
 * sent once more. A result that is written later takes what stands before it with it.
 */
const UNFLUSHED = "set local synchronous_commit = off";

/** What PostgreSQL brings to the shared queries. */
export function createPostgresBackend(parts: PostgresParts): Backend {
  const { transactions, listeners } = parts;
  // Decisions queue behind their tenant's feed; results of attempts must not wait for them, nor claims for results.
  const groups = {
    decisions: createGroupCommit(parts),
    results: createGroupCommit(parts),
    delivered: createGroupCommit({ ...parts, settings: PLANNED_ONCE }),
    claims: createGroupCommit({ ...parts, settings: [...PLANNED_ONCE, UNFLUSHED] }),
  };
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    await Promise.all(
      Object.values(groups).map(async (group) => {
        await group.close();
      }),
    );
    await parts.release();
  };
  return {
    clock: parts.clock,
    nextTurn: parts.nextTurn,
    read: async (work) => await transactions.read(async ({ db, nowMs }) => await work({ db, nowMs, listed })),
    write: createWrite({ ...parts, groups }),
    pickDue,
    earliestDue,
    takesMs: (durationMs) => durationMs,
    // What was deleted leaves its pages with the next vacuum, which is the database's own.
    scrub: async () => {
      await Promise.resolve();
    },
    onDeliveriesDue: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    close: async () => {
      closing ??= close();
      await closing;
    },
  };
}

function createWrite(
  parts: Pick<PostgresParts, "transactions" | "random" | "listeners" | "wake"> & {
    readonly groups: Readonly<Record<GroupOrder["group"], GroupCommit>>;
  },
): Backend["write"] {
  const { transactions, random, groups, listeners, wake } = parts;
  return async <T>(work: (view: WriteView) => Promise<T>, order?: GroupOrder): Promise<T> => {
    const after = { due: false };
    const inSession = async ({ db, nowMs }: Session): Promise<T> => {
      // Work that is done again tells anew what it made.
      after.due = false;
      const madeDue = (): void => {
        after.due = true;
      };
      const newId = (): string => newTimedId(random, nowMs);
      const insertRows = createInsertRows(db);
      return await work({ db, nowMs, listed, leases, insertRows, newId, madeDue, locksRows: true });
    };
    const result =
      order === undefined ? await transactions.write(inSession) : await inGroup(groups[order.group], order, inSession);
    if (after.due) {
      for (const listener of listeners) listener();
      wake.tell();
    }
    return result;
  };
}

async function inGroup<T>(
  group: GroupCommit,
  { lock, patient = false }: GroupOrder,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { result } = await new Promise<{ readonly result: T }>((resolve, reject: (fault: StoreError) => void) => {
    let written: { readonly result: T } | null = null;
    group.add({
      lock,
      isPatient: patient,
      write: async (session) => {
        written = { result: await work(session) };
      },
      committed: () => {
        if (written !== null) resolve(written);
      },
      refused: reject,
    });
  });
  return result;
}
