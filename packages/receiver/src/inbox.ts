import { TEST_ID_PREFIX } from "@sameface/contract";
import type { Hash } from "./body-hash.ts";
import type { Claim, NowMs } from "./dedupe/dedupe-store.ts";
import { conflicted, type Take, type TakeParts } from "./handle-once.ts";
import { readOutcome } from "./read-outcome.ts";
import { acknowledge } from "./reply.ts";

/** Handlers that run at the same time; the store hands each its own event. */
const HANDLERS_AT_ONCE = 10;
const LONGEST_WAIT_MS = 3_600_000;

/** Calls a function later; `setTimeout` is one. */
export type SetTimer = (run: () => void, delayMs: number) => unknown;

/** Keeps events to acknowledge them at once, and handles what is kept. @internal */
export interface Inbox {
  readonly take: Take;
  /** Never rejects. */
  readonly drain: () => Promise<void>;
}

interface InboxParts extends TakeParts {
  readonly nowMs: NowMs;
  readonly hash: Hash;
  readonly setTimer: SetTimer;
}

/** accept → answer → claim → handler → done or failed; what a dead process left is claimed when its lease ends. @internal */
export function createInbox(parts: InboxParts): Inbox {
  const workers = createWorkers(parts);
  const take: Take = async (_outcome, event, bodyHash) => {
    const accepted = await parts.store.accept({ ...event, bodyHash });
    if (accepted === "conflict") return await conflicted(parts, { ...event, bodyHash });
    workers.start();
    return acknowledge(accepted === "first" ? "accepted" : "duplicate");
  };
  const drain = (): Promise<void> =>
    new Promise((resolve) => {
      workers.onIdle(resolve);
      workers.start();
    });
  return { take, drain };
}

interface Workers {
  /** Something may be due: one more looks, up to {@link HANDLERS_AT_ONCE}. */
  start(): void;
  /** Called once, when nothing is due and no handler runs. */
  onIdle(call: () => void): void;
}

function createWorkers(parts: InboxParts): Workers {
  const wakeAt = createAlarm(parts, () => {
    start();
  });
  const idle: (() => void)[] = [];
  let active = 0;
  let again = false; // whether something may have changed since the last claim was asked for
  const work = async (): Promise<number> => {
    for (;;) {
      again = false;
      const claim = await parts.store.claim(parts.leaseMs);
      if (claim.kind === "claimed") {
        start(); // there may be more, for another
        await handle(parts, claim);
      } else if (!changed()) {
        return claim.nextAtMs ?? Number.POSITIVE_INFINITY;
      }
    }
  };
  const changed = (): boolean => again;
  const lookAgainLater = async (error: unknown): Promise<number> => {
    await parts.handlers.report(error); // the store is away: what it has stays there
    return parts.nowMs() + 5000;
  };
  const end = (nextAtMs: number): void => {
    active -= 1;
    again = true; // while this one's handler ran, the store could tell another only the end of its lease
    if (active > 0) return;
    wakeAt(nextAtMs);
    for (const call of idle.splice(0)) call();
  };
  const start = (): void => {
    again = true;
    if (active >= HANDLERS_AT_ONCE) return;
    active += 1;
    void work().catch(lookAgainLater).then(end);
  };
  return { start, onIdle: (call) => void idle.push(call) };
}

async function handle(
  { store, handlers, hash }: InboxParts,
  { token, event: kept }: Claim & { readonly kind: "claimed" },
): Promise<void> {
  const { id, body } = kept;
  const outcome = readOutcome(body);
  const event = { ...kept, test: id.startsWith(TEST_ID_PREFIX) };
  try {
    // It was read when it came; only another version of this package may have done that otherwise.
    if (typeof outcome === "string") await store.quarantine({ id, body, reason: outcome, bodyHash: await hash(body) });
    else await handlers.find(outcome)?.(outcome, event);
  } catch (error) {
    await handlers.report(error, event);
    await store.failed({ id, token, retryAfterMs: Math.min(1000 * 2 ** (token - 1), LONGEST_WAIT_MS) });
    return;
  }
  await store.done({ id, token });
}

/** The earliest of the times that were asked for. */
function createAlarm({ nowMs, setTimer }: InboxParts, ring: () => void): (atMs: number) => void {
  let setFor = Number.POSITIVE_INFINITY;
  return (atMs) => {
    if (atMs >= setFor) return;
    setFor = atMs;
    const timer = setTimer(
      () => {
        if (setFor === atMs) setFor = Number.POSITIVE_INFINITY;
        ring();
      },
      Math.min(Math.max(atMs - nowMs(), 0), LONGEST_WAIT_MS),
    );
    (timer as { unref?: () => void } | undefined)?.unref?.(); // Node's would keep a process alive that is to end
  };
}
