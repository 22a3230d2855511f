import assert from "node:assert/strict";
import { afterEach, beforeEach } from "node:test";
import type { Delivery, DeliveryAttempt } from "../store/records.ts";
import { realRandom } from "./claimed.fixture.ts";
import { type DeliveryStore, openDeliveryStore } from "./delivery-store.fixture.ts";
import { type Behaviour, type FaultServer, startFaultServer } from "./fault-server.fixture.ts";
import { realClock } from "./real-clock.fixture.ts";
import { SEND_LIMITS, type Sender } from "./send.ts";
import { loopbackSender } from "./sender.fixture.ts";
import { createDeliveryWorker, type DeliveryWorker, type DeliveryWorkerOptions } from "./worker.ts";
import type { WorkerReport } from "./worker-report.ts";

/** A delivery with its attempts. */
export type Logged = Delivery & { readonly attemptLog: readonly DeliveryAttempt[] };

/** What a worker reported so far, and a way to wait for more. */
export interface Reports {
  readonly all: readonly WorkerReport[];
  readonly take: (report: WorkerReport) => void;
  /** Resolves at the next report. */
  next(): Promise<void>;
  until(wanted: (report: WorkerReport) => boolean): Promise<void>;
}

/** A worker on a real SQLite store, and servers on loopback; all of them end with the test. */
export interface WorkerBench {
  /** Of the present test. */
  readonly at: DeliveryStore;
  serve(behave: Behaviour): Promise<FaultServer>;
  /** A worker that has begun. */
  work(changes?: Partial<DeliveryWorkerOptions>): { readonly worker: DeliveryWorker; readonly reports: Reports };
  /** A sender that waits for a minute. */
  patientSender(): Sender;
  /** The one delivery of the event. */
  deliveryOf(eventId: string): Promise<Logged>;
  /** Waits until the delivery of the event has this status, looking after each report. */
  settled(eventId: string, wanted: { readonly status: Delivery["status"]; readonly reports: Reports }): Promise<Logged>;
}

/** To be called inside of `describe`: makes all afresh for each test, and fails it for a rejection that nobody handled. */
export function useWorkerBench(): WorkerBench {
  let at: DeliveryStore | null = null;
  let senders: Sender[] = [];
  let servers: FaultServer[] = [];
  let workers: DeliveryWorker[] = [];
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown): void => {
    unhandled.push(error);
  };
  const present = (): DeliveryStore => {
    assert.ok(at !== null);
    return at;
  };
  const senderOf = (sender: Sender): Sender => {
    senders.push(sender);
    return sender;
  };
  beforeEach(async () => {
    process.on("unhandledRejection", onUnhandled);
    at = await openDeliveryStore();
    [senders, servers, workers] = [[], [], []];
  });
  afterEach(async () => {
    await Promise.all(
      workers.map(async (worker) => {
        await worker.stop();
      }),
    );
    for (const sender of senders) sender.close();
    await Promise.all(
      servers.map(async (server) => {
        await server.close();
      }),
    );
    await present().close();
    process.off("unhandledRejection", onUnhandled);
    assert.deepEqual(unhandled, []);
  });
  const deliveryOf = async (eventId: string): Promise<Logged> => {
    const where = { tenantId: "default", after: null, limit: 10, endpointId: null, status: null, eventId };
    const { items } = await present().store.listDeliveries(where);
    assert.equal(items.length, 1);
    const delivery = await present().store.readDelivery({
      tenantId: "default",
      deliveryId: items[0]?.deliveryId ?? "",
    });
    assert.ok(delivery !== null);
    return delivery;
  };
  return {
    get at() {
      return present();
    },
    serve: async (behave) => {
      const server = await startFaultServer(behave);
      servers.push(server);
      return server;
    },
    work: (changes = {}) => {
      const reports = createReports();
      const { store, vault } = present();
      const worker = createDeliveryWorker({
        store,
        vault,
        send: changes.send ?? senderOf(loopbackSender()).send,
        clock: realClock,
        random: realRandom,
        version: "1.2.3",
        standardWaitsMs: null,
        report: reports.take,
        ...changes,
      });
      workers.push(worker);
      worker.start();
      return { worker, reports };
    },
    patientSender: () => senderOf(loopbackSender({ limits: { ...SEND_LIMITS, totalMs: 60_000 } })),
    deliveryOf,
    settled: async (eventId, { status, reports }) => {
      for (;;) {
        const next = reports.next();
        const delivery = await deliveryOf(eventId);
        if (delivery.status === status) return delivery;
        await next;
      }
    },
  };
}

function createReports(): Reports {
  const all: WorkerReport[] = [];
  let waiting: (() => void)[] = [];
  const next = async (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    waiting.push(() => {
      resolve(undefined);
    });
    await promise;
  };
  return {
    all,
    take: (report) => {
      all.push(report);
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
    next,
    until: async (wanted) => {
      while (!all.some(wanted)) await next();
    },
  };
}
