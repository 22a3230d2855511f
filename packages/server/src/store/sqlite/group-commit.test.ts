import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { random } from "../conformance/bench.fixture.ts";
import type { StoreError } from "../store-error.ts";
import { WRITE_LIMITS } from "../write-limits.ts";
import { createGroupCommit, type GroupCommit } from "./group-commit.ts";

const root = mkdtempSync(join(tmpdir(), "sameface-group-"));
after(() => {
  rmSync(root, { recursive: true });
});

interface Group {
  readonly database: DatabaseSync;
  readonly group: GroupCommit;
  /** What another connection sees. */
  readonly committed: () => readonly unknown[];
  readonly add: (work: () => Promise<void> | void) => Promise<StoreError | null>;
  readonly insert: (n: number, bytes?: number) => void;
}

function openGroup(name: string): Group {
  const file = join(root, name);
  const database = new DatabaseSync(file);
  database.exec("pragma journal_mode = wal; create table rows (n integer primary key, bytes blob)");
  const other = new DatabaseSync(file, { readOnly: true });
  const clock = { nowMs: () => 0, monotonicMs: () => 0, after: () => () => undefined };
  const nextTurn = async (): Promise<void> => {
    await setImmediate();
  };
  const group = createGroupCommit({ database, clock, random, nextTurn });
  return {
    database,
    group,
    committed: () =>
      other
        .prepare("select n from rows order by n")
        .all()
        .map((row) => row["n"]),
    insert: (n, bytes = 1) => {
      database.prepare("insert into rows values (?, ?)").run(n, new Uint8Array(bytes));
    },
    add: async (work) =>
      await new Promise((resolve) => {
        group.add({
          isPatient: false,
          mayBeLost: false,
          write: async () => {
            await work();
          },
          committed: () => {
            resolve(null);
          },
          refused: resolve,
        });
      }),
  };
}

describe("createGroupCommit", () => {
  it("closes at once where nothing waits, and takes nothing more", async () => {
    const { group, add, insert, committed } = openGroup("empty");
    await group.close();
    assert.equal(
      (
        await add(() => {
          insert(1);
        })
      )?.code,
      "closed",
    );
    assert.deepEqual(committed(), []);
  });

  it("lets one who is patient wait for the next, and writes it first in the same commit", async () => {
    const { group, add, insert, committed } = openGroup("patient");
    let isWritten = false;
    const patient = new Promise((resolve) => {
      group.add({
        isPatient: true,
        mayBeLost: true,
        write: async () => {
          insert(1);
          await Promise.resolve();
        },
        committed: () => {
          isWritten = true;
          resolve(null);
        },
        refused: resolve,
      });
    });
    // More turns than a group takes: nothing is written for it alone.
    for (let turn = 0; turn < 20; turn += 1) await setImmediate();
    assert.deepEqual([isWritten, committed()], [false, []]);
    await add(() => {
      assert.equal(isWritten, false);
      insert(2);
    });
    assert.equal(await patient, null);
    assert.deepEqual(committed(), [1, 2]);
  });

  it("answers nobody before the commit, and all that arrived together after one", async () => {
    const { add, insert, committed } = openGroup("together");
    const seen: unknown[] = [];
    const members = [1, 2, 3].map(async (n) => {
      await add(async () => {
        insert(n);
        await Promise.resolve();
        seen.push(committed());
      });
      seen.push(committed());
    });
    await Promise.all(members);
    assert.deepEqual(seen, [[], [], [], [1, 2, 3], [1, 2, 3], [1, 2, 3]]);
  });

  it("flushes a group to disk, unless a power cut may take all of it", async () => {
    const { group, add, database } = openGroup("flush");
    const levels: unknown[] = [];
    const note = (): void => {
      levels.push(database.prepare("pragma synchronous").get()?.["synchronous"]);
    };
    const addLosable = async (): Promise<void> => {
      await new Promise<unknown>((resolve) => {
        const write = async (): Promise<void> => {
          note();
          await Promise.resolve();
        };
        const settle = (): void => {
          resolve(null);
        };
        group.add({ isPatient: false, mayBeLost: true, write, committed: settle, refused: resolve });
      });
    };
    await add(note);
    await addLosable();
    await Promise.all([addLosable(), add(note)]);
    // 2: FULL. 1: NORMAL.
    assert.deepEqual(levels, [2, 1, 2, 2]);
  });

  it("takes back all of a member that throws, and nothing of its neighbours", async () => {
    const { add, insert, committed } = openGroup("alone");
    const faults = await Promise.all([
      add(() => {
        insert(1);
      }),
      add(() => {
        insert(2);
        insert(1);
      }),
      add(() => {
        insert(3);
        throw new Error("its own fault");
      }),
      add(() => {
        insert(4);
      }),
    ]);
    assert.deepEqual(
      faults.map((fault) => fault?.code ?? null),
      [null, "conflict", "unavailable", null],
    );
    assert.deepEqual(committed(), [1, 4]);
  });

  it("refuses at once what comes when as many wait as may, and writes those that do", async () => {
    const { add, committed, insert } = openGroup("queue.db");
    const all = Array.from({ length: WRITE_LIMITS.queue + 10 }, async (_, n) => {
      return await add(() => {
        insert(n);
      });
    });
    const faults = (await Promise.all(all)).filter((fault) => fault !== null);
    assert.deepEqual([faults.length, new Set(faults.map(({ code }) => code))], [10, new Set(["busy"])]);
    assert.equal(committed().length, WRITE_LIMITS.queue);
  });

  it("refuses what does not fit on a full disk, and goes on when there is room again", async () => {
    const { add, insert, committed, database } = openGroup("full");
    const pages = database.prepare("pragma page_count").get()?.["page_count"];
    database.exec(`pragma max_page_count = ${Number(pages) + 4}`);
    const insertHuge = add(() => {
      insert(2, 100_000);
    });
    const small = add(() => {
      insert(1);
    });
    const faults = await Promise.all([small, insertHuge]);
    assert.equal(faults[1]?.code, "full");
    assert.deepEqual(committed(), faults[0] === null ? [1] : []);
    database.exec("pragma max_page_count = 100000");
    const later = await add(() => {
      insert(3, 100_000);
    });
    assert.equal(later, null);
    assert.ok(committed().includes(3));
  });

  it("refuses its whole group where the transaction broke off, and serves those behind it", async () => {
    const { add, insert, committed, database } = openGroup("broken");
    const faults = await Promise.all([
      add(() => {
        insert(1);
      }),
      add(() => {
        // What SQLite does by itself on an I/O fault.
        database.exec("rollback");
        throw new Error("disk I/O error");
      }),
      add(() => {
        insert(3);
      }),
    ]);
    assert.deepEqual(
      faults.map((fault) => fault?.code ?? null),
      ["unavailable", "unavailable", null],
    );
    assert.deepEqual(committed(), [3]);
  });

  it("refuses those whose commit failed, with nothing of them left", async () => {
    const { add, insert, committed, database } = openGroup("deferred");
    database.exec(
      "pragma foreign_keys = on; create table child (n integer references rows (n) deferrable initially deferred)",
    );
    const faults = await Promise.all([
      add(() => {
        insert(1);
      }),
      add(() => {
        database.exec("insert into child values (99)");
      }),
    ]);
    assert.deepEqual(
      faults.map((fault) => fault?.code ?? null),
      ["conflict", "conflict"],
    );
    assert.deepEqual(committed(), []);
  });

  it("runs what must stand outside a transaction between two groups, and tells its fault to its caller alone", async () => {
    const { add, insert, group, database, committed } = openGroup("between");
    const before = add(() => {
      insert(1);
    });
    let inside: boolean | null = null;
    await group.between(() => {
      inside = database.isTransaction;
      assert.deepEqual(committed(), [1]);
    });
    assert.deepEqual([await before, inside], [null, false]);
    await assert.rejects(
      group.between(() => {
        throw new Error("no");
      }),
      /no/,
    );
    assert.equal(
      await add(() => {
        insert(2);
      }),
      null,
    );
  });

  it("settles what came before it was closed, and refuses what comes after", async () => {
    const { add, insert, group, committed } = openGroup("closed");
    const early = add(() => {
      insert(1);
    });
    await group.close();
    assert.deepEqual(committed(), [1]);
    assert.equal(await early, null);
    assert.equal((await add(() => undefined))?.code, "closed");
  });
});
