import type { Backend, ReadView } from "./backend.ts";
import { isHopeless } from "./batches.ts";

/** How questions of one kind are answered together. */
export interface ReadKind<Asked, Found> {
  /** Questions of one read have this alike. */
  readonly keyOf: (asked: Asked) => string;
  /** One answer for each, in their order. */
  readonly read: (view: ReadView, asked: readonly Asked[]) => Promise<readonly Found[]>;
}

interface Waiting<Asked, Found> {
  readonly asked: Asked;
  readonly settle: (found: Found | Promise<Found>) => void;
  readonly reject: (fault: unknown) => void;
}

/** Most of one read: a bound on one statement. */
const MOST = 200;
/** A read that takes longer holds up nobody else: the next one begins beside it, and has the bounds of any other. */
const LONG_MS = 50;

/**
 * Reads what is asked often, and for many, together: what is asked in one turn of the event loop is one read, and so is
 * what is asked while the last one is under way. It begins after all its questions, so that each sees what was committed
 * before it was asked. Without the turn nobody would share where a read ends before the next socket is looked at (SQLite;
 * measured: half of what an authentication cost).
 */
export function createSharedReads<Asked, Found>(
  backend: Pick<Backend, "read" | "clock" | "nextTurn">,
  kind: ReadKind<Asked, Found>,
): (asked: Asked) => Promise<Found> {
  const lines = new Map<string, Waiting<Asked, Found>[]>();
  const begin = async (key: string): Promise<void> => {
    await backend.nextTurn();
    const batch = lines.get(key)?.splice(0, MOST) ?? [];
    if (batch.length === 0) {
      lines.delete(key);
      return;
    }
    let isOver = false;
    const goOn = (): void => {
      if (!isOver) void begin(key);
      isOver = true;
    };
    const cancel = backend.clock.after(LONG_MS, goOn);
    void answer(batch, { backend, kind }).then(cancel).then(goOn);
  };
  return async (asked) =>
    await new Promise((settle, reject) => {
      const key = kind.keyOf(asked);
      const line = lines.get(key);
      if (line !== undefined) {
        line.push({ asked, settle, reject });
        return;
      }
      lines.set(key, [{ asked, settle, reject }]);
      void begin(key);
    });
}

async function answer<Asked, Found>(
  batch: readonly Waiting<Asked, Found>[],
  by: { readonly backend: Pick<Backend, "read">; readonly kind: ReadKind<Asked, Found> },
): Promise<void> {
  const readAll = async (asked: readonly Asked[]): Promise<readonly Found[]> =>
    await by.backend.read(async (view) => await by.kind.read(view, asked));
  try {
    const found = await readAll(batch.map((one) => one.asked));
    for (const [at, one] of batch.entries()) one.settle(found[at] as Found);
  } catch (fault) {
    const isFinal = batch.length === 1 || isHopeless(fault);
    for (const one of batch) {
      if (isFinal) one.reject(fault);
      // One bad row fails alone.
      else one.settle(readAll([one.asked]).then(([found]) => found as Found));
    }
  }
}
