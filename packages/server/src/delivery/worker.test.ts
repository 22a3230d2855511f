import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseVerifyKey, verify } from "@sameface/contract";
import { ASKED } from "./delivery-store.fixture.ts";
import { reply } from "./fault-server.fixture.ts";
import { realClock } from "./real-clock.fixture.ts";
import { useWorkerBench } from "./worker.fixture.ts";
import { WORKER_LIMITS } from "./worker.ts";

describe("createDeliveryWorker on a SQLite store", () => {
  const bench = useWorkerBench();

  it("delivers a decision with headers that its receiver verifies, and records the attempt", async () => {
    const server = await bench.serve((socket) =>
      socket.write(reply(200, { headers: { "content-type": "text/plain" }, body: "ok" })),
    );
    const { secret, publicKey, endpoint } = await bench.at.add(server.url);
    const { reports } = bench.work();
    const eventId = await bench.at.decide();
    const delivery = await bench.settled(eventId, { status: "delivered", reports });
    const [request] = server.requests;
    assert.ok(request !== undefined);
    assert.equal(request.headers["webhook-id"], eventId);
    assert.equal(request.headers["user-agent"], "sameface/1.2.3");
    for (const key of [secret, publicKey]) {
      const nowSeconds = Math.floor(realClock.nowMs() / 1_000);
      const verified = await verify({
        body: request.body,
        headers: request.headers,
        nowSeconds,
        keys: [parseVerifyKey(key)],
      });
      assert.ok(verified.ok);
    }
    assert.equal(delivery.endpointId, endpoint.endpointId);
    assert.equal(delivery.attempts, 1);
    const [attempt] = delivery.attemptLog;
    assert.ok(attempt !== undefined);
    assert.deepEqual(
      [attempt.number, attempt.result, attempt.reason, attempt.httpStatus, attempt.replyContentType],
      [1, "delivered", null, 200, "text/plain"],
    );
    assert.deepEqual(attempt.replyBody, new TextEncoder().encode("ok"));
  });

  it("delivers at once what is decided while it waits, without its poll", async () => {
    const server = await bench.serve((socket) => socket.write(reply(200)));
    await bench.at.add(server.url);
    const { reports } = bench.work({ limits: { ...WORKER_LIMITS, pollMs: 60_000 } });
    for (let round = 0; round < 5; round += 1)
      await bench.settled(await bench.at.decide(), { status: "delivered", reports });
    assert.equal(server.requests.length, 5);
  });

  it("tries again with the same id and bytes, a fresh timestamp and a growing attempt number", async () => {
    const server = await bench.serve((socket) => socket.write(reply(server.requests.length < 3 ? 500 : 200)));
    await bench.at.add(server.url);
    const { reports } = bench.work({ standardWaitsMs: [0, 1_100] });
    const delivery = await bench.settled(await bench.at.decide(), { status: "delivered", reports });
    assert.deepEqual(
      delivery.attemptLog.map((attempt) => attempt.reason),
      ["serverError", "serverError", null],
    );
    const header = (name: string): readonly (string | undefined)[] =>
      server.requests.map((request) => request.headers[name]);
    assert.equal(new Set(header("webhook-id")).size, 1);
    assert.deepEqual(header("sameface-attempt"), ["1", "2", "3"]);
    assert.notEqual(header("webhook-timestamp")[1], header("webhook-timestamp")[2]);
    for (const request of server.requests) assert.deepEqual(request.body, server.requests[0]?.body);
  });

  it("sends the same id again when the receiver took it and its reply was lost, so that a handler runs once", async () => {
    const handled = new Set<string>();
    const server = await bench.serve((socket, request) => {
      handled.add(request.headers["webhook-id"] ?? "");
      if (server.requests.length === 1) socket.resetAndDestroy();
      else socket.write(reply(200));
    });
    await bench.at.add(server.url);
    const { reports } = bench.work({ standardWaitsMs: [0] });
    const delivery = await bench.settled(await bench.at.decide(), { status: "delivered", reports });
    assert.deepEqual(
      delivery.attemptLog.map((attempt) => attempt.reason),
      ["connectionLost", null],
    );
    assert.equal(server.requests.length, 2);
    assert.deepEqual([...handled], [delivery.eventId]);
  });

  it("tries client errors again until one acknowledges", async () => {
    const answers = [reply(400), reply(401), reply(403), reply(404), reply(422), reply(200)];
    const standard = await bench.serve((socket) => socket.write(answers[standard.requests.length - 1] ?? ""));
    await bench.at.add(standard.url);
    const { reports } = bench.work({ standardWaitsMs: [0, 0, 0, 0, 0] });
    const delivery = await bench.settled(await bench.at.decide(), { status: "delivered", reports });
    assert.deepEqual(
      delivery.attemptLog.map((attempt) => attempt.httpStatus),
      [400, 401, 403, 404, 422, 200],
    );
    assert.ok(delivery.attemptLog.slice(0, 5).every((attempt) => attempt.reason === "clientError"));
  });

  it("takes 201, 202 and 200 as text for failures of an incode endpoint", async () => {
    const text = { headers: { "content-type": "text/plain" } };
    for (const answer of [reply(201), reply(202), reply(200, text)]) {
      const server = await bench.serve((socket) => socket.write(answer));
      const { endpoint } = await bench.at.add(server.url, { profile: "incode" });
      const { reports, worker } = bench.work();
      const delivery = await bench.settled(await bench.at.decide(), { status: "failing", reports });
      assert.equal(delivery.reason, "notAcknowledged");
      assert.equal(server.requests.length, 1);
      const waitMs = (delivery.nextAttemptAtMs ?? 0) - realClock.nowMs();
      assert.ok(waitMs > 25_000 && waitMs <= 30_000, String(waitMs));
      await worker.stop();
      await bench.at.endpoints.remove({ ...ASKED, endpointId: endpoint.endpointId });
    }
  });

  it("gives up after the last wait and leaves a dead letter that a retry by hand revives", async () => {
    let answer = reply(500);
    const server = await bench.serve((socket) => socket.write(answer));
    await bench.at.add(server.url);
    const { reports } = bench.work({ standardWaitsMs: [0] });
    const dead = await bench.settled(await bench.at.decide(), { status: "dead", reports });
    assert.equal(dead.reason, "retriesExhausted");
    assert.equal(server.requests.length, 2);
    answer = reply(200);
    const audit = { actor: "system", action: "delivery.retried", target: `delivery:${dead.deliveryId}`, details: {} };
    await bench.at.store.retryDelivery({ tenantId: "default", deliveryId: dead.deliveryId, audit });
    const revived = await bench.settled(dead.eventId, { status: "delivered", reports });
    assert.equal(revived.attempts, 3);
    assert.deepEqual(server.requests[2]?.body, server.requests[0]?.body);
    assert.equal(server.requests[2]?.headers["webhook-id"], dead.eventId);
  });

  it("disables an endpoint that answers 410, and sends it nothing more until it is enabled", async () => {
    let answer = reply(410);
    const server = await bench.serve((socket) => socket.write(answer));
    const { endpoint } = await bench.at.add(server.url);
    const { reports } = bench.work();
    const first = await bench.at.decide();
    const held = await bench.settled(first, { status: "held", reports });
    assert.equal(held.reason, "gone");
    const second = await bench.at.decide();
    assert.equal((await bench.deliveryOf(second)).status, "held");
    assert.equal(server.requests.length, 1);
    answer = reply(200);
    await bench.at.endpoints.enable({ ...ASKED, endpointId: endpoint.endpointId });
    await bench.settled(first, { status: "delivered", reports });
    await bench.settled(second, { status: "delivered", reports });
    assert.equal(server.requests.length, 3);
  });

  it("waits as Retry-After says and slows the endpoint on 429", async () => {
    const server = await bench.serve((socket) => socket.write(reply(429, { headers: { "retry-after": "120" } })));
    const { endpoint } = await bench.at.add(server.url);
    const { reports } = bench.work();
    const delivery = await bench.settled(await bench.at.decide(), { status: "failing", reports });
    const waitMs = (delivery.nextAttemptAtMs ?? 0) - realClock.nowMs();
    assert.ok(waitMs > 110_000 && waitMs <= 132_000, String(waitMs));
    const slowed = await bench.at.store.readEndpoint({ tenantId: "default", endpointId: endpoint.endpointId });
    assert.ok((slowed?.slowedUntilMs ?? 0) > realClock.nowMs() + 110_000);
    await bench.at.decide();
    assert.equal(server.requests.length, 1);
  });

  it("goes on with the next one when the only place becomes free", async () => {
    const server = await bench.serve((socket) => socket.write(reply(200)));
    await bench.at.add(server.url);
    const ids = await Promise.all(Array.from({ length: 5 }, async () => await bench.at.decide()));
    const { reports } = bench.work({ limits: { ...WORKER_LIMITS, mostLeased: 1, pollMs: 60_000 } });
    for (const id of ids) await bench.settled(id, { status: "delivered", reports });
    assert.equal(server.requests.length, 5);
  });

  it("holds no more than ten connections to an endpoint that hangs, and delivers to the others meanwhile", async () => {
    const hanging = await bench.serve(() => undefined);
    const healthy = await bench.serve((socket) => socket.write(reply(200)));
    await bench.at.add(hanging.url);
    const { endpoint } = await bench.at.add(healthy.url);
    await Promise.all(Array.from({ length: 30 }, async () => await bench.at.decide()));
    const slow = bench.patientSender();
    const { reports } = bench.work({ send: slow.send, limits: { ...WORKER_LIMITS, stopMs: 50 } });
    const done = async (): Promise<number> => {
      const where = { tenantId: "default", after: null, limit: 100, eventId: null } as const;
      const page = await bench.at.store.listDeliveries({
        ...where,
        endpointId: endpoint.endpointId,
        status: "delivered",
      });
      return page.items.length;
    };
    for (let next = reports.next(); (await done()) < 30; next = reports.next()) await next;
    assert.equal(healthy.requests.length, 30);
    assert.equal(hanging.connections, 10);
  });

  it("never has more than ten requests at an endpoint at once, however many it has leased ahead", async () => {
    let open = 0;
    const counts: number[] = [];
    const server = await bench.serve((socket) => {
      counts.push((open += 1));
      setImmediate(() => {
        open -= 1;
        socket.write(reply(200));
      });
    });
    await bench.at.add(server.url);
    const ids = await Promise.all(Array.from({ length: 200 }, async () => await bench.at.decide()));
    const leased: number[] = [];
    const { store } = bench.at;
    const claimDeliveries: typeof store.claimDeliveries = async (request) => {
      const claimed = await store.claimDeliveries(request);
      leased.push(claimed.length);
      return claimed;
    };
    const { reports } = bench.work({ store: { ...store, claimDeliveries } });
    for (const id of ids) await bench.settled(id, { status: "delivered", reports });
    assert.ok(Math.max(...counts) <= 10, String(counts));
    assert.ok(Math.max(...leased) > 10, `nothing was leased ahead: ${leased.join(" ")}`);
  });

  it("sends each of two hundred deliveries once while two workers race for them", async () => {
    const server = await bench.serve((socket) => socket.write(reply(200)));
    await bench.at.add(server.url);
    const ids = await Promise.all(Array.from({ length: 200 }, async () => await bench.at.decide()));
    const { reports } = bench.work();
    bench.work({ report: reports.take });
    for (const id of ids) await bench.settled(id, { status: "delivered", reports });
    assert.deepEqual(server.requests.map((request) => request.headers["webhook-id"]).sort(), [...ids].sort());
  });

  it("sends nothing to an endpoint that is disabled or deleted while it retries, and to the new URL after a change", async () => {
    const old = await bench.serve((socket) => socket.write(reply(500)));
    const moved = await bench.serve((socket) => socket.write(reply(200)));
    const { endpoint } = await bench.at.add(old.url);
    const ref = { ...ASKED, endpointId: endpoint.endpointId };
    const { reports } = bench.work({ standardWaitsMs: [60_000] });
    const eventId = await bench.at.decide();
    const failing = await bench.settled(eventId, { status: "failing", reports });
    await bench.at.endpoints.disable(ref);
    assert.deepEqual(
      [(await bench.deliveryOf(eventId)).status, (await bench.deliveryOf(eventId)).reason],
      ["held", "operator"],
    );
    await bench.at.endpoints.update({ ...ref, settings: { url: moved.url } });
    await bench.at.endpoints.enable(ref);
    const audit = { actor: "system", action: "delivery.retried", target: "x", details: {} };
    await bench.at.store.retryDelivery({ tenantId: "default", deliveryId: failing.deliveryId, audit });
    await bench.settled(eventId, { status: "delivered", reports });
    assert.deepEqual([old.requests.length, moved.requests.length], [1, 1]);
    await bench.at.endpoints.remove(ref);
    await bench.at.decide();
    assert.equal(moved.requests.length, 1);
  });

  it("reports every attempt without body, header or URL", async () => {
    const server = await bench.serve((socket) => socket.write(reply(500, { body: "canary-reply" })));
    await bench.at.add(`${server.url}?canary-url`);
    const { reports } = bench.work();
    await bench.settled(await bench.at.decide(), { status: "failing", reports });
    const [attempted] = reports.all.filter((report) => report.kind === "attempted");
    assert.equal(attempted?.httpStatus, 500);
    assert.equal(attempted.reason, "serverError");
    assert.ok(!JSON.stringify(reports.all).includes("canary"));
  });
});
