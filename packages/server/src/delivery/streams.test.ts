import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { Store } from "../store/store.ts";
import { realRandom } from "./claimed.fixture.ts";
import { ASKED, type DeliveryStore, openDeliveryStore } from "./delivery-store.fixture.ts";
import { realClock } from "./real-clock.fixture.ts";
import { createStreams, type NextForListener, STREAM_LIMITS, type StreamLimits, type Streams } from "./streams.ts";

describe("streams", () => {
  let at: DeliveryStore;
  let made: Streams[];
  beforeEach(async () => {
    at = await openDeliveryStore();
    made = [];
  });
  afterEach(async () => {
    for (const streams of made) streams.close();
    await at.close();
  });

  const make = (limits: Partial<StreamLimits> = {}, over: Partial<Store> = {}): Streams => {
    const parts = { vault: at.vault, clock: realClock, random: realRandom, version: "0" };
    const streams = createStreams({
      ...parts,
      store: { ...at.store, ...over },
      limits: { ...STREAM_LIMITS, ...limits },
    });
    made.push(streams);
    return streams;
  };
  const listen = async (streams: Streams): Promise<() => Promise<NextForListener>> => {
    const { endpoint, session } = await streams.open({ ...ASKED, name: "laptop" });
    const ref = { tenantId: ASKED.tenantId, endpointId: endpoint.endpointId, session };
    return async () => await streams.next({ ...ref, done: null });
  };

  it("answers a listener for whom nothing comes, so that it knows the line is alive", async () => {
    const ask = await listen(make({ answerMs: 20 }));
    assert.deepEqual(await ask(), { kind: "empty" });
  });

  it("finds what another process stored, of which nothing is heard", async () => {
    const ask = await listen(make({ pollMs: 5 }, { onDeliveriesDue: () => () => undefined }));
    const waiting = ask();
    await at.decide();
    assert.equal((await waiting).kind, "next");
  });

  it("answers all that wait when it is closed, and who asks later at once", async () => {
    const streams = make();
    const ask = await listen(streams);
    const waiting = ask();
    await at.store.ping(); // after the first look of the ask, which was queued before
    streams.close();
    assert.deepEqual([(await waiting).kind, (await ask()).kind], ["empty", "empty"]);
  });

  it("makes one stream of one name for two listeners at the same moment", async () => {
    const streams = make();
    const opened = await Promise.all([1, 2].map(async () => await streams.open({ ...ASKED, name: "laptop" })));
    assert.equal(new Set(opened.map((one) => one.endpoint.endpointId)).size, 1);
    assert.equal(opened.filter((one) => one.secret !== null).length, 1);
  });

  it("looks for idle streams again and again, whatever the store does", async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    let sweeps = 0;
    const deleteIdleStreams: Store["deleteIdleStreams"] = async (where) => {
      sweeps += 1;
      if (sweeps === 1) throw new Error("the disk is full");
      const deleted = await at.store.deleteIdleStreams(where);
      if (deleted > 0) resolve(undefined);
      return deleted;
    };
    const streams = make({ idleMs: 0, sweepMs: 2 }, { deleteIdleStreams });
    await listen(streams);
    streams.start();
    await promise;
    assert.ok(sweeps >= 2);
  });
});
