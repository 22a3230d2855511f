import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { testClock, utf8 } from "../signed.fixture.ts";
import type { OpenStore } from "./dedupe.conformance.ts";
import type { Claim, InboxEvent, ReceiverStore } from "./dedupe-store.ts";

const DAY_MS = 24 * 3_600_000;
const LEASE_MS = 60_000;
/** Bytes that no text holds. */
const BODY = Uint8Array.of(0, 0xff, 0xc3, 0x28, 0x7b);

function sha256(body: Uint8Array): string {
  return createHash("sha256").update(body).digest("hex");
}

function event(id: string, body = BODY): InboxEvent & { readonly bodyHash: string } {
  return { id, timestampSeconds: 1_790_000_000, possibleRetry: false, body, bodyHash: sha256(body) };
}

function claimedOf(claim: Claim): Claim & { readonly kind: "claimed" } {
  assert.ok(claim.kind === "claimed", claim.kind);
  return claim;
}

/** What every store must show of its inbox, its notes and its quarantine. @param open makes an empty one */
export function inboxConformance(name: string, open: OpenStore): void {
  const setUp = () => {
    const clock = testClock();
    return { clock, store: open({ nowMs: clock.nowMs }) };
  };
  const begin = async (store: ReceiverStore, id: string) =>
    await store.begin({ id, bodyHash: sha256(BODY), leaseMs: LEASE_MS });

  describe(`${name} store as an inbox`, () => {
    it("gives back what it accepted, byte for byte, and under a token that ends it", async () => {
      const { store } = setUp();
      assert.equal(await store.accept({ ...event("a"), possibleRetry: true }), "first");
      const { event: given, token } = claimedOf(await store.claim(LEASE_MS));
      assert.deepEqual(
        { ...given, body: Buffer.from(given.body).toString("hex") },
        { id: "a", timestampSeconds: 1_790_000_000, possibleRetry: true, body: Buffer.from(BODY).toString("hex") },
      );
      await store.done({ id: "a", token });
      assert.deepEqual(await store.claim(LEASE_MS), { kind: "idle", nextAtMs: null });
    });

    it("accepts an id once: known while it waits, while it runs and when it is done; another body is a conflict", async () => {
      const { store } = setUp();
      const again = async (): Promise<string[]> => [
        await store.accept(event("a")),
        await store.accept(event("a", utf8("other"))),
      ];
      assert.deepEqual(await again(), ["first", "conflict"]);
      assert.deepEqual(await again(), ["known", "conflict"]);
      const { token } = claimedOf(await store.claim(LEASE_MS));
      assert.deepEqual(await again(), ["known", "conflict"]);
      await store.done({ id: "a", token });
      assert.deepEqual(await again(), ["known", "conflict"]);
    });

    it("accepts one of 100 at once, and lets one of 100 claim it", async () => {
      const { store } = setUp();
      const hundred = Array.from({ length: 100 });
      const accepted = await Promise.all(hundred.map(async () => await store.accept(event("a"))));
      assert.equal(accepted.filter((one) => one === "first").length, 1);
      const claims = await Promise.all(hundred.map(async () => await store.claim(LEASE_MS)));
      assert.equal(claims.filter(({ kind }) => kind === "claimed").length, 1);
    });

    it("gives what another process left when its lease ends, and not a millisecond before", async () => {
      const { clock, store } = setUp();
      await store.accept(event("a"));
      const late = claimedOf(await store.claim(LEASE_MS));
      clock.ms += LEASE_MS - 1;
      assert.deepEqual(await store.claim(LEASE_MS), { kind: "idle", nextAtMs: clock.ms + 1 });
      clock.ms += 1;
      const second = claimedOf(await store.claim(LEASE_MS));
      assert.notEqual(second.token, late.token);
      await store.failed({ id: "a", token: late.token });
      assert.equal((await store.claim(LEASE_MS)).kind, "idle");
    });

    it("gives a failed one again after the time that was asked for, with its bytes", async () => {
      const { clock, store } = setUp();
      await store.accept(event("a"));
      const { token } = claimedOf(await store.claim(LEASE_MS));
      await store.failed({ id: "a", token, retryAfterMs: 1000 });
      assert.deepEqual(await store.claim(LEASE_MS), { kind: "idle", nextAtMs: clock.ms + 1000 });
      clock.ms += 1000;
      const again = claimedOf(await store.claim(LEASE_MS));
      assert.deepEqual([again.token === token, Buffer.compare(again.event.body, BODY)], [false, 0]);
    });

    it("gives the one that waits longest first", async () => {
      const { clock, store } = setUp();
      for (const id of ["b", "a", "c"]) {
        await store.accept(event(id));
        clock.ms += 1;
      }
      const ids = [];
      for (let time = 0; time < 3; time += 1) ids.push(claimedOf(await store.claim(LEASE_MS)).event.id);
      assert.deepEqual(ids, ["b", "a", "c"]);
    });

    it("never forgets what waits, however long, and forgets what is done after 30 days", async () => {
      const { clock, store } = setUp();
      await store.accept(event("waits"));
      await store.accept(event("done"));
      await store.done({ id: "done", token: 1 });
      clock.ms += 31 * DAY_MS;
      assert.equal(await store.accept(event("waits")), "known");
      assert.equal(await store.accept(event("done", utf8("other"))), "first");
      await store.done({ id: "done", token: 1 });
      assert.equal(claimedOf(await store.claim(LEASE_MS)).event.id, "waits");
    });

    it("shares ids with what is handled before the answer, whichever way an event came", async () => {
      const { clock, store } = setUp();
      const begun = await begin(store, "began first");
      assert.ok(begun.kind === "first");
      assert.equal(await store.accept(event("began first")), "first");
      assert.deepEqual(await store.claim(LEASE_MS), { kind: "idle", nextAtMs: clock.ms + LEASE_MS });
      await store.done({ id: "began first", token: begun.token });
      assert.equal((await store.claim(LEASE_MS)).kind, "idle");
      await store.accept(event("accepted first"));
      const second = await begin(store, "accepted first");
      assert.ok(second.kind === "first");
      assert.equal((await store.claim(LEASE_MS)).kind, "idle");
      await store.failed({ id: "accepted first", token: second.token });
      assert.equal(claimedOf(await store.claim(LEASE_MS)).event.id, "accepted first");
      assert.equal((await begin(store, "accepted first")).kind, "running");
    });
  });

  describe(`${name} store for notes and quarantine`, () => {
    it("knows a note for its window from its latest time on, each key for itself", async () => {
      const { clock, store } = setUp();
      const noted = async (): Promise<boolean> => await store.noted("body a", 35 * 60_000);
      assert.deepEqual([await noted(), await noted(), await store.noted("body b", 35 * 60_000)], [false, true, false]);
      clock.ms += 35 * 60_000 - 1;
      assert.equal(await noted(), true);
      clock.ms += 35 * 60_000 - 1;
      assert.equal(await noted(), true);
      clock.ms += 35 * 60_000;
      assert.equal(await noted(), false);
    });

    it("tells one of 100 at once that it is the first", async () => {
      const { store } = setUp();
      const told = await Promise.all(Array.from({ length: 100 }, async () => await store.noted("body a", 1000)));
      assert.equal(told.filter((seen) => !seen).length, 1);
    });

    it("keeps bytes in quarantine with their reason, the same once, the oldest first", async () => {
      const { clock, store } = setUp();
      const bad = utf8("{");
      await store.quarantine({ id: "a", reason: "not_json", body: BODY, bodyHash: sha256(BODY) });
      clock.ms += 1;
      await store.quarantine({ id: null, reason: "malformed", body: bad, bodyHash: sha256(bad) });
      await store.quarantine({ id: "b", reason: "not_json", body: BODY, bodyHash: sha256(BODY) });
      const kept = (await store.quarantined()).map((entry) => ({
        ...entry,
        body: Buffer.from(entry.body).toString("hex"),
      }));
      assert.deepEqual(kept, [
        { id: "a", reason: "not_json", body: Buffer.from(BODY).toString("hex"), atMs: clock.ms - 1 },
        { id: null, reason: "malformed", body: "7b", atMs: clock.ms },
      ]);
    });

    it("lets go of what is in quarantine for 30 days", async () => {
      const { clock, store } = setUp();
      await store.quarantine({ id: "old", reason: "not_json", body: BODY, bodyHash: sha256(BODY) });
      clock.ms += 30 * DAY_MS;
      await store.quarantine({ id: "new", reason: "not_json", body: utf8("{"), bodyHash: "b" });
      assert.deepEqual(
        (await store.quarantined()).map(({ id }) => id),
        ["new"],
      );
    });
  });
}
