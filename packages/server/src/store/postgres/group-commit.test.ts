import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { systemClock } from "../../clock.ts";
import type { StoreError } from "../store-error.ts";
import { createGroupCommit, type GroupCommit } from "./group-commit.ts";
import type { Session, Transactions } from "./transactions.ts";

/** Counts its transactions; nothing is ever written. */
function openGroup(): { readonly group: GroupCommit; readonly commits: () => number } {
  let commits = 0;
  const unused = (): never => {
    throw new TypeError("a group uses none of this");
  };
  const session = { db: null as never, nowMs: 0, exec: async () => {} } satisfies Session;
  const transactions: Transactions = {
    read: unused,
    write: unused,
    pause: unused,
    once: async (_first, work) => {
      const result = await work(session);
      commits += 1;
      return result;
    },
  };
  const nextTurn = async (): Promise<void> => {
    await setImmediate();
  };
  return { group: createGroupCommit({ transactions, clock: systemClock, nextTurn }), commits: () => commits };
}

async function add(group: GroupCommit, isPatient = false): Promise<StoreError | null> {
  return await new Promise((resolve) => {
    group.add({
      lock: "one",
      isPatient,
      write: async () => {},
      committed: () => {
        resolve(null);
      },
      refused: resolve,
    });
  });
}

describe("group commit over PostgreSQL", () => {
  it("closes at once where nothing waits, and takes nothing more", async () => {
    const { group, commits } = openGroup();
    await group.close();
    assert.equal((await add(group))?.code, "closed");
    assert.equal(commits(), 0);
  });

  it("writes one who is patient with the next who is not, and at its close", async () => {
    const { group, commits } = openGroup();
    await Promise.all([add(group, true), add(group)]);
    assert.equal(commits(), 1);
    const last = add(group, true);
    await group.close();
    assert.equal(await last, null);
    assert.equal(commits(), 2);
  });
});
