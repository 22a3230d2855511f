import { sql } from "kysely";
import { type CountedFailures, type LockState, lockStateOf, stricter } from "../lock-state.ts";
import type { CounterKey, Decision, InTenant, LockGuard, Store } from "../store.ts";
import { appendAudit } from "./audit.ts";
import type { Backend, ReadView, WriteView } from "./backend.ts";
import { createSharedReads } from "./shared-reads.ts";

/** The part of the {@link Store} about counted failures. */
export function counterQueries(backend: Backend): Pick<Store, "readLock" | "unlockSource"> {
  const readCounted = createSharedReads(backend, { keyOf: ({ tenantId }) => tenantId, read: readLocks });
  return {
    // Nobody's failures bar an attempt that nobody could guess with.
    readLock: async (asked) => (asked.keys.length === 0 ? { kind: "open" } : await readCounted(asked)),
    unlockSource: async ({ tenantId, subject, audit }) =>
      await backend.write(async (view) => {
        const known = await remove(view, tenantId, { scope: "source", subject });
        if (known) await appendAudit(view, tenantId, audit);
        return known;
      }),
  };
}

/** All are of one tenant. */
async function readLocks(view: ReadView, asked: readonly (InTenant & LockGuard)[]): Promise<readonly LockState[]> {
  const counters = await readCounters(
    view,
    asked[0]?.tenantId ?? "",
    asked.flatMap(({ keys }) => keys),
  );
  return asked.map(({ keys, limits }) =>
    keys
      .map((key) => lockStateOf(counters.get(nameOf(key)) ?? NOTHING, { limits, nowMs: view.nowMs }))
      .reduce(stricter, { kind: "open" }),
  );
}

/** By their {@link nameOf}. */
async function readCounters(
  view: ReadView,
  tenantId: string,
  keys: readonly CounterKey[],
): Promise<ReadonlyMap<string, CountedFailures>> {
  if (keys.length === 0) return new Map();
  const rows = await view.db
    .selectFrom("failure_counters")
    .select(["scope", "subject", "consecutive_failures", "last_failure_at_ms"])
    .where("tenant_id", "=", tenantId)
    .where("scope", "in", [...new Set(keys.map(({ scope }) => scope))])
    .where("subject", "in", view.listed([...new Set(keys.map(({ subject }) => subject))]))
    .execute();
  return new Map(rows.map((row) => [nameOf(row), toCounted(row)]));
}

function nameOf({ scope, subject }: CounterKey): string {
  return JSON.stringify([scope, subject]);
}

/** Counts what a decision changes, unless its guard forbids that it is decided at all. */
export async function countGuarded(view: WriteView, decision: Decision): Promise<LockState> {
  const { keys, limits } = decision.guard;
  const absent: CounterKey[] = [];
  for (const key of keys) {
    const counter = await lockRow(view, decision.tenantId, key);
    const state = lockStateOf(counter ?? NOTHING, { limits, nowMs: view.nowMs });
    if (state.kind === "locked") return state;
    if (counter === null) absent.push(key);
  }
  for (const { scope, subject, consecutiveFailures } of await countAll(view, decision)) {
    const made = absent.some((key) => key.scope === scope && key.subject === subject);
    // There was no row to hold, and now it counts many: they failed at the same time as this one (several processes).
    if (made && consecutiveFailures > limits.waitAfterFailures) return { kind: "locked", retryAfterMs: limits.waitMs };
  }
  return { kind: "open" };
}

/** A counter after a failure was added to it. */
interface Counted extends CounterKey {
  readonly consecutiveFailures: number;
}

/** Counts what a decision changes. */
export async function countAll(view: WriteView, { tenantId, counters }: Decision): Promise<readonly Counted[]> {
  const counted: Counted[] = [];
  for (const { change, ...key } of counters) {
    if (change === "reset") await remove(view, tenantId, key);
    else counted.push({ ...key, consecutiveFailures: await add(view, tenantId, key) });
  }
  return counted;
}

/** The lock of a decision, and whether this is the first attempt that meets it: it is marked as told. */
export async function tellLock(
  view: WriteView,
  { tenantId, guard }: Decision,
): Promise<Exclude<LockState, { kind: "locked" }> | (Extract<LockState, { kind: "locked" }> & { first: boolean })> {
  let state: LockState = { kind: "open" };
  let first = false;
  for (const key of guard.keys) {
    const counter = await lockRow(view, tenantId, key);
    const own = lockStateOf(counter ?? NOTHING, { limits: guard.limits, nowMs: view.nowMs });
    state = stricter(state, own);
    if (own.kind === "open" || (counter?.toldUntilMs ?? 0) > view.nowMs) continue;
    first = true;
    await markTold(view, tenantId, { ...key, untilMs: toldUntil(view, own.retryAfterMs) });
  }
  return state.kind === "open" ? state : { ...state, first };
}

// A stop has no end but an operator's: deleting the counter takes the mark away, too.
function toldUntil(view: WriteView, retryAfterMs: number | null): number {
  return retryAfterMs === null ? Number.MAX_SAFE_INTEGER : view.nowMs + retryAfterMs;
}

/** Reads a counter and holds its row: an update that changes nothing is the lock that every dialect has. */
async function lockRow(
  { db }: WriteView,
  tenantId: string,
  { scope, subject }: CounterKey,
): Promise<(CountedFailures & { readonly toldUntilMs: number | null }) | null> {
  const row = await db
    .updateTable("failure_counters")
    .set({ consecutive_failures: sql<number>`consecutive_failures` })
    .where("tenant_id", "=", tenantId)
    .where("scope", "=", scope)
    .where("subject", "=", subject)
    .returning(["consecutive_failures", "last_failure_at_ms", "told_until_ms"])
    .executeTakeFirst();
  return row === undefined ? null : { ...toCounted(row), toldUntilMs: row.told_until_ms };
}

const NOTHING: CountedFailures = { consecutiveFailures: 0, lastFailureAtMs: null };

function toCounted(row: { consecutive_failures: number; last_failure_at_ms: number | null }): CountedFailures {
  return { consecutiveFailures: row.consecutive_failures, lastFailureAtMs: row.last_failure_at_ms };
}

async function markTold(
  { db }: WriteView,
  tenantId: string,
  { scope, subject, untilMs }: CounterKey & { readonly untilMs: number },
): Promise<void> {
  await db
    .updateTable("failure_counters")
    .set({ told_until_ms: untilMs })
    .where("tenant_id", "=", tenantId)
    .where("scope", "=", scope)
    .where("subject", "=", subject)
    .execute();
}

async function add(view: WriteView, tenantId: string, { scope, subject }: CounterKey): Promise<number> {
  const last_failure_at_ms = view.nowMs;
  const row = await view.db
    .insertInto("failure_counters")
    .values({ tenant_id: tenantId, scope, subject, consecutive_failures: 1, last_failure_at_ms, told_until_ms: null })
    .onConflict((on) =>
      on.columns(["tenant_id", "scope", "subject"]).doUpdateSet((set) => ({
        // Counted by the database, not from a value read before: two failures at once are two (T7).
        consecutive_failures: set("failure_counters.consecutive_failures", "+", 1),
        last_failure_at_ms,
      })),
    )
    .returning("consecutive_failures")
    .executeTakeFirstOrThrow();
  return row.consecutive_failures;
}

async function remove({ db }: WriteView, tenantId: string, { scope, subject }: CounterKey): Promise<boolean> {
  const removed = await db
    .deleteFrom("failure_counters")
    .where("tenant_id", "=", tenantId)
    .where("scope", "=", scope)
    .where("subject", "=", subject)
    .returning("subject")
    .executeTakeFirst();
  return removed !== undefined;
}
