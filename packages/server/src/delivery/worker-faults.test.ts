import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { describe, it } from "node:test";
import { StoreError } from "../store/store-error.ts";
import { reply } from "./fault-server.fixture.ts";
import { useWorkerBench } from "./worker.fixture.ts";
import { type DeliveryWorkerOptions, WORKER_LIMITS } from "./worker.ts";

describe("createDeliveryWorker when something dies, fails or stops", () => {
  const bench = useWorkerBench();

  it("takes a delivery out of circulation whose process died three times, before a fourth attempt", async () => {
    const server = await bench.serve((socket) => socket.write(reply(200)));
    await bench.at.add(server.url);
    const eventId = await bench.at.decide();
    // Each of these claims is a process that died: its lease is over at once and nothing was recorded.
    for (let crash = 0; crash < 3; crash += 1) {
      const [claimed] = await bench.at.store.claimDeliveries({ limit: 1, perEndpoint: 10, leaseMs: 0 });
      assert.equal(claimed?.crashes, crash);
    }
    const { reports } = bench.work();
    const dead = await bench.settled(eventId, { status: "dead", reports });
    assert.equal(dead.reason, "quarantined");
    assert.equal(server.connections, 0);
    assert.ok(reports.all.some((report) => report.kind === "quarantined" && report.crashes === 3));
  });

  it("does not write the result of a lease that another has taken over", async () => {
    const server = await bench.serve((socket) => {
      // Meanwhile the lease runs out and another claims: this worker was paused for too long.
      const taken = bench.at.store.claimDeliveries({ limit: 1, perEndpoint: 10, leaseMs: 60_000 });
      void taken.then(() => socket.write(reply(200)));
    });
    await bench.at.add(server.url);
    const eventId = await bench.at.decide();
    const { reports } = bench.work({ limits: { ...WORKER_LIMITS, leaseMs: 1 } });
    await reports.until((report) => report.kind === "stale");
    const delivery = await bench.deliveryOf(eventId);
    assert.equal(delivery.status, "inFlight");
    assert.equal(delivery.attemptLog.length, 0);
  });

  it("leases none ahead whose process died: it is given back until there is a place", async () => {
    const server = await bench.serve((socket) => socket.write(reply(200)));
    await bench.at.add(server.url);
    const ids = [await bench.at.decide(), await bench.at.decide()];
    const { store } = bench.at;
    const claimDeliveries: typeof store.claimDeliveries = async (request) =>
      (await store.claimDeliveries({ ...request, perEndpoint: 2 })).map((one) => ({ ...one, crashes: 1 }));
    const limits = { ...WORKER_LIMITS, perEndpoint: 1 };
    const { reports } = bench.work({ store: { ...store, claimDeliveries }, limits });
    for (const id of ids) await bench.settled(id, { status: "delivered", reports });
    assert.ok(reports.all.some((report) => report.kind === "released"));
  });

  it("records a secret that does not open as a failed attempt and sends nothing", async () => {
    const server = await bench.serve((socket) => socket.write(reply(200)));
    await bench.at.add(server.url);
    const broken = { ...bench.at.vault, open: () => new Uint8Array([1]) };
    const { reports } = bench.work({ vault: broken });
    const delivery = await bench.settled(await bench.at.decide(), { status: "failing", reports });
    assert.equal(delivery.reason, "secretUnreadable");
    assert.equal(server.connections, 0);
  });

  it("goes on after the store failed in claim, in finish and in release", async () => {
    const server = await bench.serve((socket) => socket.write(reply(200)));
    await bench.at.add(server.url);
    const down = new StoreError("unavailable", "the store is down");
    let failures = 0;
    const failTwice = async <T>(call: () => Promise<T>): Promise<T> => {
      failures += 1;
      if (failures % 3 !== 0) throw down;
      return await call();
    };
    const flaky: DeliveryWorkerOptions["store"] = {
      ...bench.at.store,
      claimDeliveries: async (request) => await failTwice(async () => await bench.at.store.claimDeliveries(request)),
      finishAttempt: async (result) => await failTwice(async () => await bench.at.store.finishAttempt(result)),
    };
    const { reports } = bench.work({ store: flaky });
    await bench.settled(await bench.at.decide(), { status: "delivered", reports });
    assert.equal(server.requests.length, 1);
    for (const during of ["claim", "finish"]) {
      assert.ok(
        reports.all.some((report) => report.kind === "storeFailed" && report.during === during),
        during,
      );
    }
  });

  it("says so when a result could not be recorded, and sends once more with the same id", async () => {
    const server = await bench.serve((socket) => socket.write(reply(200)));
    await bench.at.add(server.url);
    let isDown = true;
    const store: DeliveryWorkerOptions["store"] = {
      ...bench.at.store,
      finishAttempt: async (result) => {
        if (isDown) throw new StoreError("unavailable", "the store is down");
        return await bench.at.store.finishAttempt(result);
      },
    };
    const { reports } = bench.work({ store, limits: { ...WORKER_LIMITS, leaseMs: 600, pollMs: 100 } });
    const eventId = await bench.at.decide();
    await reports.until((report) => report.kind === "unrecorded");
    isDown = false;
    await bench.settled(eventId, { status: "delivered", reports });
    assert.ok(server.requests.length >= 2);
    assert.equal(new Set(server.requests.map((request) => request.headers["webhook-id"])).size, 1);
  });

  it("lets what is in flight end before it stops, and claims nothing more", async () => {
    const arrived = Promise.withResolvers<Socket>();
    const server = await bench.serve((socket) => {
      arrived.resolve(socket);
    });
    await bench.at.add(server.url);
    const { worker } = bench.work({ limits: { ...WORKER_LIMITS, mostLeased: 1 } });
    const first = await bench.at.decide();
    const second = await bench.at.decide();
    const socket = await arrived.promise;
    const stopped = worker.stop();
    socket.write(reply(200));
    await stopped;
    const statuses = [(await bench.deliveryOf(first)).status, (await bench.deliveryOf(second)).status].sort();
    assert.deepEqual(statuses, ["delivered", "pending"]);
    assert.equal(server.requests.length, 1);
  });

  it("gives back the lease of what does not end in time when it stops, without counting an attempt", async () => {
    const arrived = Promise.withResolvers<Socket>();
    const server = await bench.serve((socket) => {
      arrived.resolve(socket);
    });
    await bench.at.add(server.url);
    const slow = bench.patientSender();
    const { worker, reports } = bench.work({ send: slow.send, limits: { ...WORKER_LIMITS, stopMs: 50 } });
    const eventId = await bench.at.decide();
    await arrived.promise;
    await worker.stop();
    const delivery = await bench.deliveryOf(eventId);
    assert.deepEqual([delivery.status, delivery.attempts, delivery.attemptLog.length], ["pending", 0, 0]);
    assert.ok(reports.all.some((report) => report.kind === "released"));
    await server.idle();
  });

  it("stops although a lease can't be given back, and says so", async () => {
    const arrived = Promise.withResolvers<Socket>();
    const server = await bench.serve((socket) => {
      arrived.resolve(socket);
    });
    await bench.at.add(server.url);
    const store: DeliveryWorkerOptions["store"] = {
      ...bench.at.store,
      releaseDelivery: async () => {
        await Promise.reject(new StoreError("unavailable", "the store is down"));
      },
    };
    const limits = { ...WORKER_LIMITS, stopMs: 50 };
    const { worker, reports } = bench.work({ store, limits, send: bench.patientSender().send });
    await bench.at.decide();
    await arrived.promise;
    await worker.stop();
    assert.ok(reports.all.some((report) => report.kind === "storeFailed" && report.during === "release"));
  });

  it("goes on after a fault of its own and reports it", async () => {
    const server = await bench.serve((socket) => socket.write(reply(200)));
    await bench.at.add(server.url);
    const real = bench.patientSender().send;
    let faults = 0;
    const { reports } = bench.work({
      limits: { ...WORKER_LIMITS, leaseMs: 100, pollMs: 50 },
      send: async (request) => {
        faults += 1;
        return faults === 1 ? await Promise.reject(new TypeError("a fault")) : await real(request);
      },
    });
    await bench.settled(await bench.at.decide(), { status: "delivered", reports });
    assert.ok(reports.all.some((report) => report.kind === "faulted"));
  });

  it("gives back what a claim brings after stop was called", async () => {
    const server = await bench.serve((socket) => socket.write(reply(200)));
    await bench.at.add(server.url);
    const eventId = await bench.at.decide();
    const gate = Promise.withResolvers<undefined>();
    const claiming = Promise.withResolvers<undefined>();
    const store: DeliveryWorkerOptions["store"] = {
      ...bench.at.store,
      claimDeliveries: async (request) => {
        const claimed = await bench.at.store.claimDeliveries(request);
        claiming.resolve(undefined);
        await gate.promise;
        return claimed;
      },
    };
    const { worker } = bench.work({ store });
    await claiming.promise;
    const stopped = worker.stop();
    gate.resolve(undefined);
    await stopped;
    assert.equal((await bench.deliveryOf(eventId)).status, "pending");
    assert.equal(server.connections, 0);
  });

  it("stops in bounded time although the store answers nothing any more", async () => {
    const never = Promise.withResolvers<never>();
    const claiming = Promise.withResolvers<undefined>();
    const store: DeliveryWorkerOptions["store"] = {
      ...bench.at.store,
      claimDeliveries: async () => {
        claiming.resolve(undefined);
        return await never.promise;
      },
    };
    const { worker } = bench.work({ store, limits: { ...WORKER_LIMITS, stopMs: 10 } });
    await claiming.promise;
    await Promise.all([worker.stop(), worker.stop()]);
  });

  it("does nothing when it is started after a stop", async () => {
    const server = await bench.serve((socket) => socket.write(reply(200)));
    await bench.at.add(server.url);
    const { worker } = bench.work();
    await worker.stop();
    worker.start();
    worker.wake();
    const eventId = await bench.at.decide();
    assert.equal((await bench.deliveryOf(eventId)).status, "pending");
  });
});
