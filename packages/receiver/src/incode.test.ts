import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MAX_BODY_BYTES } from "./collect-body.ts";
import { createMemoryStore } from "./dedupe/memory.ts";
import { createReceiver, type Receiver, type ReceiverOptions } from "./receive.ts";
import type { ReceivedEvent } from "./received-event.ts";
import { ReceiverError } from "./receiver-error.ts";
import type { Reply } from "./reply.ts";
import { GOLDEN_NAMES, golden, NOW_SECONDS, SECRET, signed, testClock, utf8 } from "./signed.fixture.ts";
import { staticHeader } from "./static-header.ts";

const VALUE = "a-live-value-of-24-chars";
const HEADERS = { "content-type": "application/json", "x-webhook-secret": VALUE };
const auth = staticHeader({ name: "X-Webhook-Secret", values: [VALUE] });

/** A receiver of the vendor's sender, and the events that its handlers got. */
function receiverOf(options: Partial<ReceiverOptions> = {}): { receiver: Receiver; events: ReceivedEvent[] } {
  const events: ReceivedEvent[] = [];
  const note = (_outcome: unknown, event: ReceivedEvent): void => void events.push(event);
  const receiver = createReceiver({ source: "incode", auth, ...testClock(), ...options })
    .on("passed", note)
    .on("not-passed", note);
  return { receiver, events };
}

function summary({ status, result }: Reply): unknown[] {
  return [status, result.kind];
}

describe('source "incode"', () => {
  it("takes every golden body without a signature, acknowledged by 204, which the vendor's profile counts", async () => {
    for (const name of GOLDEN_NAMES) {
      const { receiver, events } = receiverOf();
      const reply = await receiver.receive({ body: golden(name), headers: HEADERS });
      assert.deepEqual([reply.status, reply.body, events.length], [204, "", 1], name);
      assert.deepEqual([events[0]?.timestampSeconds, events[0]?.test], [NOW_SECONDS, false]);
    }
  });

  it("answers 401 to a wrong, missing or doubled header, and reads nothing of the body", async () => {
    const { receiver, events } = receiverOf();
    const wrong = [{}, { "x-webhook-secret": `${VALUE}x` }, { "x-webhook-secret": [VALUE, VALUE] }];
    for (const headers of wrong) {
      const reply = await receiver.receive({ body: utf8("{"), headers });
      assert.deepEqual([reply.status, reply.result], [401, { kind: "refused", reason: "unauthorized" }]);
    }
    assert.equal(events.length, 0);
  });

  it("handles a body with a transactionId once, under that id", async () => {
    const { receiver, events } = receiverOf();
    const request = { body: golden("passed"), headers: HEADERS };
    const replies = [await receiver.receive(request), await receiver.receive(request)];
    assert.deepEqual(replies.map(summary), [
      [204, "handled"],
      [204, "duplicate"],
    ]);
    const { transactionId } = JSON.parse(new TextDecoder().decode(golden("passed"))) as { transactionId: string };
    assert.deepEqual(
      events.map(({ id, possibleRetry }) => [id, possibleRetry]),
      [[transactionId, false]],
    );
  });

  it("prefers webhook-id where a sender has one, a test's mark included, and refuses two of them", async () => {
    const { receiver, events } = receiverOf();
    const send = async (id: string | string[], name: string): Promise<unknown[]> =>
      summary(await receiver.receive({ body: golden(name), headers: { ...HEADERS, "webhook-id": id } }));
    assert.deepEqual(await send("one", "passed"), [204, "handled"]);
    assert.deepEqual(await send("two", "passed"), [204, "handled"]);
    assert.deepEqual(await send("test_three", "passed"), [204, "test"]);
    assert.deepEqual(await send(["one", "two"], "passed"), [400, "refused"]);
    assert.deepEqual(await send("", "blocklisted"), [204, "handled"]);
    assert.deepEqual(events.map(({ id }) => id).slice(0, 2), ["one", "two"]);
  });

  it("handles 4003 and 4004 without id each time, under a new id, the later within 35 minutes marked", async () => {
    const clock = testClock();
    for (const name of ["blocklisted", "unknown-customer"]) {
      const { receiver, events } = receiverOf({ nowMs: clock.nowMs });
      const send = async (): Promise<void> => {
        assert.deepEqual(summary(await receiver.receive({ body: golden(name), headers: HEADERS })), [204, "handled"]);
      };
      await send();
      clock.ms += 32 * 60_000; // the vendor's last retry
      await send();
      clock.ms += 35 * 60_000;
      await send();
      assert.deepEqual(
        events.map(({ possibleRetry }) => possibleRetry),
        [false, true, false],
      );
      assert.equal(new Set(events.map(({ id }) => id)).size, 3);
    }
  });

  it("marks a retry of an id-less body whose handler failed", async () => {
    const marks: boolean[] = [];
    const faults = [new Error("first"), null];
    const receiver = createReceiver({ source: "incode", auth, ...testClock() })
      .on("blocklisted", (_outcome, { possibleRetry }) => {
        marks.push(possibleRetry);
        const fault = faults.shift();
        if (fault instanceof Error) throw fault;
      })
      .onError(() => undefined);
    const request = { body: golden("blocklisted"), headers: HEADERS };
    assert.deepEqual(
      [summary(await receiver.receive(request)), summary(await receiver.receive(request))],
      [
        [500, "failed"],
        [204, "handled"],
      ],
    );
    assert.deepEqual(marks, [false, true]);
  });

  it("calls one transactionId with two bodies a conflict, as the page's lenses and mask have it, and keeps both", async () => {
    const store = createMemoryStore(testClock());
    const { receiver } = receiverOf({ store });
    const conflicts: string[] = [];
    receiver.onConflict(({ id }) => void conflicts.push(id));
    const lenses = new TextDecoder().decode(golden("lenses"));
    const { transactionId } = JSON.parse(lenses) as { transactionId: string };
    const other = utf8(lenses.replace("}", ',"added":1}'));
    assert.equal((await receiver.receive({ body: utf8(lenses), headers: HEADERS })).status, 204);
    assert.deepEqual(summary(await receiver.receive({ body: other, headers: HEADERS })), [204, "conflict"]);
    assert.deepEqual(conflicts, [transactionId]);
    assert.deepEqual(
      (await store.quarantined()).map(({ id, reason, body }) => [id, reason, Buffer.from(body).toString()]),
      [[transactionId, "conflict", Buffer.from(other).toString()]],
    );
  });

  it("answers 200 with application/json to what it can't read, keeps the bytes, and tells onError", async () => {
    const bodies: [Uint8Array, string][] = [
      [utf8("not json"), "not_json"],
      [utf8('{"customerId":1,"overallStatus":"PASS"}'), "malformed"],
      [utf8('{"faceMatch":false,"faceMatch":true}'), "duplicate_key"],
      [utf8("[".repeat(33)), "too_deep"],
      [Uint8Array.of(0xff), "invalid_utf8"],
      [new Uint8Array(MAX_BODY_BYTES + 1), "too_large"],
    ];
    const store = createMemoryStore(testClock());
    const { receiver, events } = receiverOf({ store });
    const told: unknown[] = [];
    receiver.onError((error, event) => void told.push((error as ReceiverError).code, event?.body.length));
    for (const [body, reason] of bodies) {
      const reply = await receiver.receive({ body, headers: HEADERS });
      assert.deepEqual([reply.status, reply.headers], [200, { "content-type": "application/json" }], reason);
      assert.deepEqual([JSON.parse(reply.body), reply.result], [{ reason }, { kind: "quarantined", reason }]);
    }
    const kept = await store.quarantined();
    assert.deepEqual(
      kept.map(({ reason, body }) => [reason, body.length]),
      bodies.map(([body, reason]) => [reason, body.length]),
    );
    assert.deepEqual(
      told,
      bodies.flatMap(([body]) => ["unreadable", body.length]),
    );
    assert.equal(events.length, 0);
  });

  it("needs auth, which only this source has", () => {
    const wrong: ReceiverOptions[] = [{ source: "incode" }, { secrets: [SECRET], auth }];
    for (const options of wrong) {
      assert.throws(
        () => createReceiver(options),
        (error) => error instanceof ReceiverError && error.code === "badOption",
      );
    }
  });
});

describe("a body that can't be read, signed by sameface", () => {
  it("is kept in quarantine where a store is configured, and only there", async () => {
    const store = createMemoryStore(testClock());
    const request = await signed({ body: utf8("not json"), id: "bad" });
    for (const options of [{ store }, {}]) {
      const receiver = createReceiver({ secrets: [SECRET], ...testClock(), ...options });
      assert.deepEqual(summary(await receiver.receive(request)), [400, "refused"]);
    }
    assert.deepEqual(
      (await store.quarantined()).map(({ id, reason }) => [id, reason]),
      [["bad", "not_json"]],
    );
    const forged = { ...request, body: utf8("not json either") };
    await createReceiver({ secrets: [SECRET], store, ...testClock() }).receive(forged);
    assert.equal((await store.quarantined()).length, 1);
  });
});
