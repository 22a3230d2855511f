import { TEST_ID_PREFIX } from "@sameface/contract";
import { hashOf } from "./body-hash.ts";
import type { Claim, NowMs } from "./dedupe/dedupe-store.ts";
import type { Take, TakeParts } from "./handle-once.ts";
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
  drain(): Promise<void>;
}

interface InboxParts extends TakeParts {
  readonly nowMs: NowMs;
  readonly setTimer: SetTimer;
}

/** accept → answer → claim → handler → done or failed; what a dead process left is claimed when its lease ends. @internal */
export function createInbox(parts: InboxParts): Inbox {
  const { store, leaseMs, handlers } = parts;
  const wakeAt = createAlarm(parts, () => void drain());
  let running: Promise<void> | undefined;
  let again = false;
  const work = async (): Promise<void> => {
    for (;;) {
      const claim = await store.claim(leaseMs);
      if (claim.kind === "idle") {
        wakeAt(claim.nextAtMs);
        return;
      }
      await handle(parts, claim);
    }
  };
  const workUntilIdle = async (): Promise<void> => {
    while (again) {
      again = false;
      try {
        await Promise.all(Array.from({ length: HANDLERS_AT_ONCE }, work));
      } catch (error) {
        await handlers.report(error); // the store is away: what it has stays there
        wakeAt(parts.nowMs() + 5000);
      }
    }
    running = undefined; // in one step with the last look at `again`
  };
  const drain = async (): Promise<void> => {
    again = true;
    running ??= workUntilIdle();
    await running;
  };
  const take: Take = async (_outcome, event) => {
    const bodyHash = await hashOf(event.body);
    const accepted = await store.accept({ ...event, bodyHash });
    if (accepted === "conflict") {
      await store.quarantine({ ...event, bodyHash, reason: "conflict" });
      await handlers.conflict(event);
      return acknowledge("conflict");
    }
    void drain();
    return acknowledge(accepted === "first" ? "accepted" : "duplicate");
  };
  return { take, drain };
}

async function handle(
  { store, handlers }: InboxParts,
  { token, event: kept }: Claim & { readonly kind: "claimed" },
): Promise<void> {
  const { id, body } = kept;
  const outcome = readOutcome(body);
  const event = { ...kept, test: id.startsWith(TEST_ID_PREFIX) };
  try {
    // It was read when it came; only another version of this package may have done that otherwise.
    if (typeof outcome === "string")
      await store.quarantine({ id, body, reason: outcome, bodyHash: await hashOf(body) });
    else await handlers.find(outcome)?.(outcome, event);
  } catch (error) {
    await handlers.report(error, event);
    await store.failed({ id, token, retryAfterMs: Math.min(1000 * 2 ** (token - 1), LONGEST_WAIT_MS) });
    return;
  }
  await store.done({ id, token });
}

/** The earliest of the times that were asked for. */
function createAlarm({ nowMs, setTimer }: InboxParts, ring: () => void): (atMs: number | null) => void {
  let setFor = Number.POSITIVE_INFINITY;
  return (atMs) => {
    if (atMs === null || atMs >= setFor) return;
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
