import type { Clock } from "../../clock.ts";
import { createDrain } from "../drain.ts";
import type { AtMs } from "../records.ts";
import { StoreError } from "../store-error.ts";
import { WRITE_LIMITS } from "../write-limits.ts";
import { isConflict, toStoreError } from "./postgres-fault.ts";
import { RETRIES, type Session, type Transactions } from "./transactions.ts";

/** Something to be written; exactly one of `committed` and `refused` is called, and `committed` only after the commit. */
export interface CommitMember {
  /** It may wait for others, a few milliseconds. */
  readonly isPatient: boolean;
  /** Members of a group are written in the order of these, so that all nodes lock what they share in one order. */
  readonly lock: string;
  /** May be called again after a conflict; only what the last call wrote stands. */
  write(session: Session): Promise<void>;
  committed(): void;
  refused(fault: StoreError): void;
}

/** What arrives together shares one commit, each member in a savepoint, so that one that is refused fails alone. */
export interface GroupCommit {
  add(member: CommitMember): void;
  /** Refuses what comes later, and resolves when all that came before is settled. */
  close(): Promise<void>;
}

/** PostgreSQL keeps 64 open subtransactions of a session in shared memory; past that every reader looks them up on disk. */
const LARGEST_GROUP = 60;

/** A member and how far it is. */
interface Place {
  readonly member: CommitMember;
  retries: number;
  state: "waiting" | "writing" | "written" | "settled";
}

interface Options {
  /** Plain statements that each transaction begins with; absent: none. */
  readonly settings?: readonly string[];
  readonly transactions: Transactions;
  readonly clock: Clock;
  /** Lets the event loop turn, so that callers arrive while the last group was written. */
  readonly nextTurn: () => Promise<void>;
}

/** When something was last written: tells whether the database is stalled. */
interface Progress {
  atMs: AtMs;
}

export function createGroupCommit(options: Options): GroupCommit {
  const running = new Set<Promise<void>>();
  const waiting: Place[] = [];
  let closed = false;
  const drain = createDrain({
    clock: options.clock,
    hasWork: () => waiting.length > 0,
    canWait: () => !closed && waiting.every(({ member }) => member.isPatient),
    round: async () => {
      await options.nextTurn();
      const progress = { atMs: options.clock.monotonicMs() };
      const group = waiting.splice(0, LARGEST_GROUP).toSorted((a, b) => (a.member.lock < b.member.lock ? -1 : 1));
      const cancelWatch = watch(options.clock, progress, () => {
        for (const place of [...group, ...waiting.splice(0)]) if (place.state === "waiting") settle(place, tooLong());
      });
      for (const place of await commitGroup(group, { ...options, progress })) again(place, { ...options, running });
      cancelWatch();
    },
  });

  return {
    add: (member) => {
      if (closed || waiting.length === WRITE_LIMITS.queue) {
        member.refused(closed ? new StoreError("closed", "the store is closed") : tooLong());
        return;
      }
      waiting.push({ member, retries: 0, state: "waiting" });
      if (member.isPatient) drain.beginSoon();
      else drain.begin();
    },
    close: async () => {
      closed = true;
      drain.begin();
      while (drain.isRunning() || running.size > 0) await Promise.all([drain.ended(), ...running]);
    },
  };
}

/** After a conflict a member goes alone: no neighbour of its holds what it may be waiting for. */
function again(place: Place, options: Options & { readonly running: Set<Promise<void>> }): void {
  const { transactions, clock, running } = options;
  const alone = transactions.pause().then(async () => {
    for (const one of await commitGroup([place], { ...options, progress: { atMs: clock.monotonicMs() } })) {
      again(one, options);
    }
  });
  running.add(alone);
  void alone.finally(() => running.delete(alone));
}

function tooLong(): StoreError {
  return new StoreError("busy", "the database did not take it in time");
}

/** Calls back when nothing has moved for long. @returns the way to stop looking */
function watch(clock: Clock, progress: Readonly<Progress>, stalled: () => void): () => void {
  let cancel = (): void => undefined;
  const { stalledMs } = WRITE_LIMITS;
  const look = (): void => {
    const idleMs = clock.monotonicMs() - progress.atMs;
    if (idleMs >= stalledMs) stalled();
    cancel = clock.after(idleMs >= stalledMs ? stalledMs : stalledMs - idleMs, look);
  };
  look();
  return () => {
    cancel();
  };
}

/** @returns members that met a conflict and are to be tried again, each by itself */
async function commitGroup(
  group: readonly Place[],
  options: Options & { readonly progress: Progress },
): Promise<readonly Place[]> {
  const { transactions, clock, progress } = options;
  const again: Place[] = [];
  try {
    await transactions.once([...(options.settings ?? []), "savepoint member"].join("; "), async (session) => {
      for (const [at, place] of group.entries()) {
        if (place.state === "settled") continue;
        if (await meetsConflict(place, { session, isLast: at === group.length - 1 })) again.push(place);
        progress.atMs = clock.monotonicMs();
      }
    });
  } catch (cause) {
    const fault = toStoreError(cause);
    for (const place of group) if (!again.includes(place)) settle(place, fault);
    return again;
  }
  for (const place of group) if (place.state === "written") settle(place, null);
  return again;
}

function settle(place: Place, fault: StoreError | null): void {
  if (place.state === "settled") return;
  place.state = "settled";
  if (fault === null) place.member.committed();
  else place.member.refused(fault);
}

/** @returns whether it was undone and is worth another try; else it is written, or refused with nothing of it left */
async function meetsConflict(
  place: Place,
  { session, isLast }: { readonly session: Session; readonly isLast: boolean },
): Promise<boolean> {
  place.state = "writing";
  try {
    await place.member.write(session);
    place.state = "written";
  } catch (cause) {
    await session.exec("rollback to savepoint member");
    if (isConflict(cause) && place.retries < RETRIES) {
      place.retries += 1;
      return true;
    }
    settle(place, toStoreError(cause));
    return false;
  }
  // The next member's savepoint in the same message, and nobody waits for it: what breaks it breaks what comes after it.
  if (!isLast) session.exec("release savepoint member; savepoint member").catch(() => undefined);
  return false;
}
