import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import { createDrain } from "../drain.ts";
import { StoreError } from "../store-error.ts";
import { WRITE_LIMITS } from "../write-limits.ts";
import { isBusy, toStoreError } from "./sqlite-fault.ts";

/** Something to be written; exactly one of `committed` and `refused` is called, and `committed` only after the commit. */
export interface CommitMember {
  /** It may wait for others, a few milliseconds. */
  readonly isPatient: boolean;
  /** A power cut may take it back: what it says is found out again. */
  readonly mayBeLost: boolean;
  write(): Promise<void>;
  committed(): void;
  refused(fault: StoreError): void;
}

/** What arrives together shares one commit, each member in a savepoint, so that one that is refused fails alone. */
export interface GroupCommit {
  add(member: CommitMember): void;
  /** Runs outside any transaction, after what was added before. */
  between(work: () => void): Promise<void>;
  /** Refuses what comes later, and resolves when all that came before is settled. */
  close(): Promise<void>;
}

/** A bound on how long the first member of a group waits for the last. */
const LARGEST_GROUP = 256;
/** Times that a busy database is tried again (F33). */
const RETRIES = 3;
/** The wait between them is this and as much again at most. */
const RETRY_WAIT_MS = 150;

interface Options {
  readonly database: DatabaseSync;
  readonly clock: Clock;
  readonly random: Random;
  /** Lets the event loop turn, so that callers arrive while the last group was written. */
  readonly nextTurn: () => Promise<void>;
}

export function createGroupCommit(options: Options): GroupCommit {
  const waiting: CommitMember[] = [];
  const gaps: (() => void)[] = [];
  let closed = false;
  const drain = createDrain({
    clock: options.clock,
    hasWork: () => waiting.length > 0 || gaps.length > 0,
    canWait: () => !closed && gaps.length === 0 && waiting.every((member) => member.isPatient),
    round: async () => {
      await options.nextTurn();
      if (waiting.length > 0) waiting.unshift(...(await commitGroup(waiting.splice(0, LARGEST_GROUP), options)));
      if (waiting.length === 0) for (const work of gaps.splice(0)) work();
    },
  });

  return {
    add: (member) => {
      if (closed || waiting.length >= WRITE_LIMITS.queue) {
        member.refused(closed ? new StoreError("closed", "the store is closed") : busy());
        return;
      }
      waiting.push(member);
      if (member.isPatient) drain.beginSoon();
      else drain.begin();
    },
    between: async (work) => {
      const ran = Promise.withResolvers<undefined>();
      gaps.push(() => {
        ran.resolve(settled(work));
      });
      drain.begin();
      await ran.promise;
    },
    close: async () => {
      closed = true;
      drain.begin();
      await drain.ended();
    },
  };
}

function busy(): StoreError {
  return new StoreError("busy", "the database did not take it in time");
}

/** Runs the work at once; a fault of it is its caller's, never the next group's. */
function settled(work: () => void): Promise<undefined> {
  return new Promise((resolve) => {
    work();
    resolve(undefined);
  });
}

/** @returns members that were not tried, where the transaction broke off before their turn */
async function commitGroup(group: readonly CommitMember[], options: Options): Promise<readonly CommitMember[]> {
  const { database } = options;
  try {
    chooseFlush(group, database);
    await begin(options);
  } catch (cause) {
    refuseAll(group, cause);
    return [];
  }
  const written: CommitMember[] = [];
  for (const [at, member] of group.entries()) {
    const fault = await writeMember(database, member);
    if (fault === null) written.push(member);
    else member.refused(fault);
    // Some faults (a full disk, broken I/O) make SQLite undo the whole transaction, neighbours included.
    if (!database.isTransaction) {
      refuseAll(written, fault);
      return group.slice(at + 1);
    }
  }
  commit(database, written);
  return [];
}

/**
 * FULL flushes the log before the commit returns, NORMAL leaves that to a later one. The log is read up to its first
 * frame that is not whole, and a flush takes all that stands before: whatever was answered survives a power cut, and what
 * a group before it may lose goes only where nothing came after. Set anew for each group: that costs half a microsecond.
 */
function chooseFlush(group: readonly CommitMember[], database: DatabaseSync): void {
  const level = group.every(({ mayBeLost }) => mayBeLost) ? "normal" : "full";
  database.exec(`pragma synchronous = ${level}`);
}

function commit(database: DatabaseSync, written: readonly CommitMember[]): void {
  try {
    database.exec("commit");
  } catch (cause) {
    if (database.isTransaction) database.exec("rollback");
    refuseAll(written, cause);
    return;
  }
  for (const member of written) member.committed();
}

function refuseAll(members: readonly CommitMember[], cause: unknown): void {
  const fault = toStoreError(cause);
  for (const member of members) member.refused(fault);
}

/** @returns why the member was refused, with nothing of it left; `null`: it is written */
async function writeMember(database: DatabaseSync, member: CommitMember): Promise<StoreError | null> {
  database.exec("savepoint member");
  try {
    await member.write();
    database.exec("release member");
    return null;
  } catch (cause) {
    if (database.isTransaction) database.exec("rollback to member; release member");
    return toStoreError(cause);
  }
}

async function begin({ database, clock, random }: Options): Promise<void> {
  for (let retry = 0; ; retry += 1) {
    try {
      database.exec("begin immediate");
      return;
    } catch (fault) {
      if (!isBusy(fault) || retry === RETRIES) throw fault;
    }
    const waitMs = RETRY_WAIT_MS * (1 + random.fraction());
    await new Promise<void>((resolve) => {
      clock.after(waitMs, resolve);
    });
  }
}
