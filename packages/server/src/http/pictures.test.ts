import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createSweeper } from "../delivery/sweeper.ts";
import { systemRandom } from "../random.ts";
import type { Store } from "../store/store.ts";
import { StoreError } from "../store/store-error.ts";
import { picture } from "./scripted-engine.fixture.ts";
import { startTestServer, type TestAnswer, type TestServer } from "./test-server.fixture.ts";

const keep = async (server: TestServer, pictureDays: number): Promise<void> => {
  const changed = await server.call("/v1/policy", { method: "PUT", body: { retention: { pictureDays } } });
  assert.equal(changed.status, 200, changed.text);
};
const look = async (server: TestServer, attempt: TestAnswer, key?: string): Promise<TestAnswer> => {
  const id = String(attempt.body["id"] ?? attempt.body["authenticationId"]);
  return await server.call(`/v1/authentications/${id}/picture`, key === undefined ? {} : { key });
};
const shot = (n: number) => ({ face: "anna", shot: n });

type Change = (found: NonNullable<Awaited<ReturnType<Store["readPicture"]>>>) => typeof found;

describe("the pictures of attempts", () => {
  let server: TestServer;
  /** What somebody did to a row before it is read. */
  let change: Change = (one) => one;
  before(async () => {
    const over = (store: Store): Partial<Store> => ({
      readPicture: async (where) => {
        const found = await store.readPicture(where);
        return found === null ? null : change(found);
      },
    });
    server = await startTestServer({ over });
    await server.enrol("anna", { face: "anna" });
    await server.enrol("ben", { face: "ben" });
  });
  after(async () => {
    await server.close();
  });

  it("are kept by nobody who did not ask for it, and from then on of judged attempts of customers alone", async () => {
    const unasked = await server.authenticate("anna", shot(1));
    assert.equal((await look(server, unasked)).status, 404);
    await keep(server, 3);
    const [passed, failed] = [
      await server.authenticate("anna", shot(2)),
      await server.authenticate("anna", { face: "eve" }),
    ];
    const unclear = await server.authenticate("anna", { problem: "no_face" });
    assert.equal(unclear.status, 422, unclear.text);
    const unknown = await server.authenticate("nobody", { face: "eve", shot: 3 });
    for (const [attempt, status] of [
      [passed, 200],
      [failed, 200],
      [unclear, 200],
      [unknown, 404],
      [unasked, 404],
    ] as const) {
      assert.equal((await look(server, attempt)).status, status);
    }
    const seen = await look(server, passed);
    assert.deepEqual(Buffer.from(String(seen.body["image"]), "base64"), picture(shot(2)));
    const ms = Date.parse(String(seen.body["keptUntil"])) - Date.now();
    assert.ok(Math.abs(ms - 3 * 86_400_000) < 60_000);
    await keep(server, 0);
    assert.equal((await look(server, await server.authenticate("anna", shot(4)))).status, 404);
  });

  it("are seen by whoever may export a customer, and each look is in the audit before it", async () => {
    await keep(server, 3);
    const attempt = await server.authenticate("ben", { face: "ben", shot: 1 });
    const lesser = await server.call("/v1/keys", {
      method: "POST",
      body: { name: "k", scopes: ["events:read", "customers:read"] },
    });
    assert.equal((await look(server, attempt, String(lesser.body["key"]))).status, 403);
    const looks = async () => {
      const { items } = await server.store.listAudit({ tenantId: "default", after: null, limit: 500 });
      return items.filter((one) => one.action === "picture.viewed");
    };
    const before = (await looks()).length;
    await look(server, attempt);
    const now = await looks();
    assert.equal(now.length, before + 1);
    assert.match(now.at(-1)?.target ?? "", /^customer:[0-9a-f]{64}$/);
    assert.equal(now.at(-1)?.details["authenticationId"], attempt.body["id"]);
  });

  it("are named in the export of their customer, and erased with it", async () => {
    await keep(server, 3);
    await server.enrol("cleo", { face: "cleo" });
    const attempt = await server.authenticate("cleo", { face: "cleo", shot: 1 });
    const exported = await server.call("/v1/customers/cleo/export");
    const [one] = exported.body["authentications"] as { picture: Record<string, unknown> | null }[];
    assert.equal(one?.picture?.["format"], "png");
    const erased = await server.call("/v1/customers/cleo", { method: "DELETE" });
    assert.equal((erased.body["erased"] as Record<string, number>)["pictures"], 1);
    assert.equal((await look(server, attempt)).status, 404);
  });

  it("do not open under another customer or attempt, and one that was tampered with shows nothing", async () => {
    await keep(server, 3);
    const attempt = await server.authenticate("ben", { face: "ben", shot: 9 });
    const changes: Change[] = [
      (one) => ({ ...one, customerId: "anna" }),
      (one) => ({ ...one, sealed: one.sealed.map((byte, at) => (at === one.sealed.length - 1 ? byte ^ 1 : byte)) }),
    ];
    for (const one of changes) {
      change = one;
      assert.equal((await look(server, attempt)).status, 500);
    }
    change = (one) => one;
    assert.equal((await look(server, attempt)).status, 200);
  });

  it("are refused with the attempt where there is no room for them: 409 for a quota, nothing decided, the key free", async () => {
    await keep(server, 3);
    const quotas = async (pictureBytes: number | null) =>
      await server.call("/v1/tenants/default/quotas", { method: "PUT", body: { pictureBytes } });
    const set = await quotas(10);
    assert.equal(set.status, 200, set.text);
    const headers = { "idempotency-key": "full" };
    const count = async () =>
      (await server.store.listEvents({ tenantId: "default", after: null, limit: 500 })).items.length;
    const events = await count();
    const refused = await server.authenticate("ben", { face: "ben", shot: 20 }, { headers });
    assert.deepEqual([refused.status, refused.body["code"]], [409, "quotaReached"]);
    assert.equal(await count(), events);
    await quotas(null);
    assert.equal((await server.authenticate("ben", { face: "ben", shot: 20 }, { headers })).status, 200);
    const { body } = await server.call("/v1/quotas");
    assert.equal((body["pictureBytes"] as Record<string, unknown>)["most"], null);
    assert.deepEqual((await server.call("/v1/tenants/default/quotas")).body, body);
    assert.equal((await server.call(`/v1/tenants/${"0".repeat(24)}/quotas`)).status, 404);
  });

  it("are swept when their time is up, by the sweeper that runs", async () => {
    await keep(server, 3);
    const attempt = await server.authenticate("ben", { face: "ben", shot: 30 });
    await keep(server, 0);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const store = {
      ...server.store,
      listUncontacted: async () => {
        resolve(undefined);
        return await Promise.resolve([]);
      },
    };
    const clock = { nowMs: () => 0, monotonicMs: () => 0, after: () => () => undefined };
    const report = (told: object): void => {
      assert.ok(!("error" in told && told.error instanceof StoreError));
    };
    const sweeper = createSweeper({ store, clock, random: systemRandom, keepDays: 30, customerDays: 30, report });
    sweeper.start();
    await promise;
    await sweeper.stop().catch(() => undefined);
    assert.equal((await look(server, attempt)).status, 404);
  });
});
