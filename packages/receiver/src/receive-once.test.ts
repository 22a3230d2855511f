import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, it } from "node:test";
import type { DedupeStore, ReceiverStore } from "./dedupe/dedupe-store.ts";
import { createMemoryStore } from "./dedupe/memory.ts";
import { createSqliteStore } from "./dedupe/sqlite.ts";
import { createReceiver } from "./receive.ts";
import { ReceiverError } from "./receiver-error.ts";
import type { Reply } from "./reply.ts";
import { GOLDEN_NAMES, golden, ID, NOW_SECONDS, SECRET, signed, testClock, utf8 } from "./signed.fixture.ts";

const DAY_SECONDS = 24 * 3600;

/** A promise to be settled by hand. */
interface Gate {
  readonly promise: Promise<void>;
  open(): void;
}

function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return {
    promise,
    open: () => {
      resolve(undefined);
    },
  };
}

function summary(reply: Reply): unknown[] {
  return [reply.status, reply.result.kind];
}

function stores(): [string, ReceiverStore][] {
  return [
    ["memory", createMemoryStore(testClock())],
    ["SQLite", createSqliteStore(new DatabaseSync(":memory:"), testClock())],
  ];
}

describe("one event, many times", () => {
  it("calls the handler once for 1,000 in a row and acknowledges each, over every store", async () => {
    for (const [name, store] of stores()) {
      let calls = 0;
      const receiver = createReceiver({ secrets: [SECRET], store, ...testClock() }).on("passed", () => {
        calls += 1;
      });
      const request = await signed();
      const replies: Reply[] = [];
      for (let time = 0; time < 1000; time += 1) replies.push(await receiver.receive(request));
      assert.equal(calls, 1, name);
      assert.ok(replies.every(({ status }) => status === 204));
      assert.deepEqual(
        [replies[0]?.result, replies[1]?.result, replies[999]?.result],
        [{ kind: "handled" }, { kind: "duplicate" }, { kind: "duplicate" }],
      );
    }
  });

  it("calls the handler once for 1,000 at once: 409 with Retry-After while it runs, 204 once it is done", async () => {
    for (const [name, store] of stores()) {
      let calls = 0;
      const running = gate();
      const receiver = createReceiver({ secrets: [SECRET], store, ...testClock() }).on("passed", async () => {
        calls += 1;
        await running.promise;
      });
      const request = await signed();
      let early = 0;
      const replies = await Promise.all(
        Array.from({ length: 1000 }, async () => {
          const reply = await receiver.receive(request);
          early += 1;
          if (early === 999) running.open(); // all but the first were answered while it ran
          return reply;
        }),
      );
      assert.equal(calls, 1, name);
      const [first] = replies.filter((reply) => reply.status === 204);
      const others = replies.filter((reply) => reply !== first);
      assert.ok(first !== undefined && others.length === 999);
      for (const { status, headers, body, result } of others) {
        assert.deepEqual([status, headers["retry-after"], body], [409, "60", '{"reason":"running"}']);
        assert.equal(result.kind, "running");
      }
      assert.deepEqual(summary(await receiver.receive(request)), [204, "duplicate"]);
    }
  });

  it("knows an event that is signed anew after the window and for 30 days, and refuses the old signature", async () => {
    const clock = testClock();
    let calls = 0;
    const receiver = createReceiver({ secrets: [SECRET], nowMs: clock.nowMs }).on("passed", () => {
      calls += 1;
    });
    const request = await signed();
    await receiver.receive(request);
    for (const [later, kind] of [
      [301, "duplicate"],
      [30 * DAY_SECONDS - 1, "duplicate"],
      [30 * DAY_SECONDS, "handled"],
    ] as const) {
      clock.ms = (NOW_SECONDS + later) * 1000;
      assert.deepEqual((await receiver.receive(request)).result, { kind: "refused", reason: "timestamp_too_old" });
      const anew = await signed({ atSeconds: NOW_SECONDS + later });
      assert.deepEqual(summary(await receiver.receive(anew)), [204, kind]);
    }
    assert.equal(calls, 2);
  });

  it("calls the handler once over a restart with its SQLite file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sameface-receiver-"));
    const calls: string[] = [];
    const request = await signed();
    for (const start of ["first", "second"]) {
      const database = new DatabaseSync(join(folder, "received.sqlite"));
      const store = createSqliteStore(database, testClock());
      const receiver = createReceiver({ secrets: [SECRET], store, ...testClock() }).on("passed", () => {
        calls.push(start);
      });
      assert.equal((await receiver.receive(request)).status, 204);
      database.close();
    }
    assert.deepEqual(calls, ["first"]);
    rmSync(folder, { recursive: true });
  });

  it("gives the store the lower-case hex SHA-256 of the bytes, which other versions and languages can compare", async () => {
    const hashes: string[] = [];
    const memory = createMemoryStore(testClock());
    const begin: DedupeStore["begin"] = (entry) => {
      hashes.push(entry.bodyHash);
      return memory.begin(entry);
    };
    const receiver = createReceiver({ secrets: [SECRET], store: { ...memory, begin }, ...testClock() });
    for (const name of GOLDEN_NAMES) await receiver.receive(await signed({ id: name, body: golden(name) }));
    const sha256 = (name: string): string => createHash("sha256").update(golden(name)).digest("hex");
    assert.deepEqual(hashes, GOLDEN_NAMES.map(sha256));
  });

  it("handles an event again whose handler died, once the lease has ended and not before", async () => {
    const clock = testClock();
    const store = createMemoryStore(clock);
    const running = gate();
    const dying = createReceiver({ secrets: [SECRET], store, nowMs: clock.nowMs, leaseMs: 5000 }).on("passed", () => {
      running.open();
      return new Promise(() => undefined);
    });
    let calls = 0;
    const restarted = createReceiver({ secrets: [SECRET], store, nowMs: clock.nowMs }).on("passed", () => {
      calls += 1;
    });
    const request = await signed();
    void dying.receive(request);
    await running.promise;
    for (const [elapsedMs, seconds] of [
      [3999, "2"], // 1,001 ms are left
      [1000, "1"],
    ] as const) {
      clock.ms += elapsedMs;
      const early = await restarted.receive(request);
      assert.deepEqual([early.status, early.headers["retry-after"], calls], [409, seconds, 0]);
    }
    clock.ms += 1;
    assert.deepEqual(summary(await restarted.receive(request)), [204, "handled"]);
    assert.equal(calls, 1);
  });
});

describe("a handler or a store that fails", () => {
  it("answers 500 when the handler throws or rejects, tells onError, and hands the event over again", async () => {
    const told: unknown[][] = [];
    const faults = [
      () => {
        throw new Error("thrown");
      },
      () => Promise.reject(new Error("rejected")),
      () => undefined,
    ];
    const receiver = createReceiver({ secrets: [SECRET], ...testClock() })
      .on("passed", () => faults.shift()?.())
      .onError((error, event) => {
        told.push([(error as Error).message, event?.id]);
      });
    const request = await signed();
    const replies = [await receiver.receive(request), await receiver.receive(request), await receiver.receive(request)];
    assert.deepEqual(replies.map(summary), [
      [500, "failed"],
      [500, "failed"],
      [204, "handled"],
    ]);
    assert.deepEqual(told, [
      ["thrown", ID],
      ["rejected", ID],
    ]);
  });

  it("keeps what was thrown out of the reply", async () => {
    const secret = new Error("password is hunter2");
    const receiver = createReceiver({ secrets: [SECRET], ...testClock() })
      .on("passed", () => Promise.reject(secret))
      .onError(() => undefined);
    const { headers, body, result } = await receiver.receive(await signed());
    assert.deepEqual([headers, body], [{ "content-type": "application/json" }, '{"reason":"failed"}']);
    assert.deepEqual(result, { kind: "failed", error: secret });
  });

  it("writes to console.error what nobody asked for", async (t) => {
    const { mock } = t.mock.method(console, "error", () => undefined);
    const fault = new Error("nobody listens");
    const receiver = createReceiver({ secrets: [SECRET], ...testClock() }).on("passed", () => Promise.reject(fault));
    await receiver.receive(await signed());
    assert.deepEqual(
      mock.calls.map((call) => call.arguments),
      [[fault]],
    );
  });

  it("still answers when onError itself throws or rejects, and writes both faults to console.error", async (t) => {
    const { mock } = t.mock.method(console, "error", () => undefined);
    const fault = new Error("first");
    const second = new Error("second");
    const request = await signed();
    const onErrors = [
      () => {
        throw second;
      },
      () => Promise.reject(second),
    ];
    for (const onError of onErrors) {
      const receiver = createReceiver({ secrets: [SECRET], ...testClock() })
        .on("passed", () => Promise.reject(fault))
        .onError(onError);
      assert.deepEqual(summary(await receiver.receive(request)), [500, "failed"]);
    }
    assert.deepEqual(
      mock.calls.map((call) => call.arguments),
      [
        [fault, second],
        [fault, second],
      ],
    );
  });

  it("answers 500 and calls no handler when the store can't begin", async () => {
    const database = new DatabaseSync(":memory:");
    const store = createSqliteStore(database);
    database.close();
    const told: unknown[] = [];
    const receiver = createReceiver({ secrets: [SECRET], store, ...testClock() })
      .on("passed", () => assert.fail("called"))
      .onError((error) => {
        told.push(error);
      });
    assert.deepEqual(summary(await receiver.receive(await signed())), [500, "failed"]);
    assert.match(String(told[0]), /not open|finalized/);
  });

  it("acknowledges what was handled though the store can't keep it, since a retry would handle it again", async () => {
    const database = new DatabaseSync(":memory:");
    const store = createSqliteStore(database);
    const told: unknown[] = [];
    const receiver = createReceiver({ secrets: [SECRET], store, ...testClock() })
      .on("passed", () => {
        database.close();
      })
      .onError((error, event) => {
        told.push(event?.id, String(error));
      });
    assert.deepEqual(summary(await receiver.receive(await signed())), [204, "handled"]);
    assert.equal(told[0], ID);
    assert.match(String(told[1]), /not open|finalized/);
  });

  it("tells both faults when the handler and then the store fail", async () => {
    const database = new DatabaseSync(":memory:");
    const told: string[] = [];
    const receiver = createReceiver({ secrets: [SECRET], store: createSqliteStore(database), ...testClock() })
      .on("passed", () => {
        database.close();
        throw new Error("handler");
      })
      .onError((error) => {
        told.push(String(error));
      });
    assert.deepEqual(summary(await receiver.receive(await signed())), [500, "failed"]);
    assert.equal(told[0], "Error: handler");
    assert.match(String(told[1]), /not open|finalized/);
  });

  it("answers 500 when the MAC that was handed in throws", async () => {
    const told: unknown[] = [];
    const mac = (): never => {
      throw new Error("no such algorithm");
    };
    const receiver = createReceiver({ secrets: [SECRET], mac, ...testClock() }).onError((error, event) => {
      told.push([String(error), event]);
    });
    assert.deepEqual(summary(await receiver.receive(await signed())), [500, "failed"]);
    assert.deepEqual(told, [["Error: no such algorithm", undefined]]);
  });
});

describe("one id with two bodies", () => {
  const other = golden("passed-with-lenses");

  it("calls the handler for the first, onConflict for the other, and acknowledges both", async () => {
    const handled: Uint8Array[] = [];
    const conflicts: Uint8Array[] = [];
    const receiver = createReceiver({ secrets: [SECRET], ...testClock() })
      .on("passed", (_outcome, event) => {
        handled.push(event.body);
      })
      .onConflict((event) => {
        conflicts.push(event.body);
      });
    assert.deepEqual(summary(await receiver.receive(await signed())), [204, "handled"]);
    assert.deepEqual(summary(await receiver.receive(await signed({ body: other }))), [204, "conflict"]);
    assert.deepEqual([handled, conflicts], [[golden("passed")], [other]]);
  });

  it("alarms by onError, with the whole event, when there is no onConflict", async () => {
    const told: unknown[] = [];
    const receiver = createReceiver({ secrets: [SECRET], ...testClock() }).onError((error, event) => {
      assert.ok(error instanceof ReceiverError);
      told.push(error.code, event?.body);
    });
    await receiver.receive(await signed());
    assert.deepEqual(summary(await receiver.receive(await signed({ body: other }))), [204, "conflict"]);
    assert.deepEqual(told, ["conflict", other]);
  });

  it("answers 500 when onConflict fails, so that the alarm is not lost", async () => {
    const told: unknown[] = [];
    const receiver = createReceiver({ secrets: [SECRET], ...testClock() })
      .onConflict(() => Promise.reject(new Error("no alarm")))
      .onError((error) => {
        told.push(String(error));
      });
    await receiver.receive(await signed());
    assert.deepEqual(summary(await receiver.receive(await signed({ body: other }))), [500, "failed"]);
    assert.deepEqual(told, ["Error: no alarm"]);
  });

  it("takes one more space for another body, since equal JSON is not the same bytes", async () => {
    const receiver = createReceiver({ secrets: [SECRET], ...testClock() }).onConflict(() => undefined);
    await receiver.receive(await signed({ body: utf8('{"customerId":"c","overallStatus":"FAIL"}') }));
    const spaced = await signed({ body: utf8('{"customerId":"c", "overallStatus":"FAIL"}') });
    assert.deepEqual(summary(await receiver.receive(spaced)), [204, "conflict"]);
  });
});
