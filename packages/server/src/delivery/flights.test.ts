import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createFlights, type Flights } from "./flights.ts";
import type { Flight } from "./lane.ts";

/** Flights whose requests end when the test says so. */
function bench(limits = { mostLeased: 100, perEndpoint: 2 }) {
  let nowMs = 0;
  const events: string[] = [];
  const landings = new Map<string, (how: { readonly acknowledged: boolean }) => void>();
  const records = new Map<string, () => void>();
  const timers: { readonly atMs: number; readonly callback: () => void }[] = [];
  let rooms = 0;
  const flights: Flights = createFlights(limits, {
    clock: {
      monotonicMs: () => nowMs,
      after: (delayMs, callback) => {
        timers.push({ atMs: nowMs + delayMs, callback });
        return () => undefined;
      },
    },
    onRoom: () => {
      rooms += 1;
    },
  });
  const begin = (name: string, { endpointId = "a", mayWait = true } = {}): void => {
    const flight: Flight = {
      mayWait,
      send: async (landed) => {
        events.push(`send ${name}`);
        landings.set(name, landed);
        await new Promise<void>((resolve) => records.set(name, resolve));
      },
      giveBack: async () => {
        events.push(`give back ${name}`);
        await Promise.resolve();
      },
    };
    flights.begin(endpointId, flight);
  };
  return {
    flights,
    /** Timers of this time ring only when they are told to. */
    passMs: (ms: number): void => {
      nowMs += ms;
    },
    ringTimers: (): void => {
      const all = timers.splice(0);
      timers.push(...all.filter(({ atMs }) => atMs > nowMs));
      for (const { atMs, callback } of all) if (atMs <= nowMs) callback();
    },
    events,
    begin,
    timesRoomWasTold: () => rooms,
    land: (name: string, acknowledged = true): void => landings.get(name)?.({ acknowledged }),
    record: async (name: string): Promise<void> => {
      records.get(name)?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe("createFlights", () => {
  it("sends no more to an endpoint at once than it may, and the next when one has ended, before its record", () => {
    const at = bench();
    for (const name of ["1", "2", "3", "4"]) at.begin(name);
    at.begin("5", { endpointId: "b" });
    assert.deepEqual(at.events, ["send 1", "send 2", "send 5"]);
    at.land("2");
    assert.deepEqual(at.events.slice(3), ["send 3"]);
  });

  it("asks for as many ahead as were acknowledged since it was asked last, then for twice and three times as many", async () => {
    const at = bench({ mostLeased: 100, perEndpoint: 10 });
    const acknowledgeOne = async (name: string, acknowledged = true): Promise<void> => {
      at.begin(name);
      at.land(name, acknowledged);
      await at.record(name);
    };
    at.begin("under way");
    const asked: (number | undefined)[] = [];
    for (const name of ["1", "2", "3", "4"]) {
      await acknowledgeOne(name);
      asked.push(at.flights.rooms().get("a"));
    }
    assert.deepEqual(asked, [10, 11, 12, 12], "nine free places, and some");
    assert.deepEqual(at.flights.rooms(), new Map([["a", 9]]), "nothing ended since");
    await acknowledgeOne("5", false);
    await acknowledgeOne("6");
    assert.deepEqual(at.flights.rooms(), new Map([["a", 10]]), "one failed since");
  });

  it("asks for no more ahead than four times its places", async () => {
    const at = bench();
    at.begin("under way");
    for (let n = 0; n < 9; n += 1) {
      at.begin(String(n));
      at.land(String(n));
      await at.record(String(n));
    }
    assert.deepEqual(at.flights.rooms(), new Map([["a", 9]]), "a free place, and eight");
    assert.equal(at.flights.hasWaiting(), false);
    for (const name of ["10", "11", "12"]) at.begin(name);
    assert.equal(at.flights.hasWaiting(), true);
  });

  it("gives back what waits behind one that failed, and asks for nothing ahead", () => {
    const at = bench();
    for (const name of ["1", "2", "3"]) at.begin(name);
    at.land("1", false);
    assert.deepEqual(at.events, ["send 1", "send 2", "give back 3"]);
    assert.deepEqual(at.flights.rooms(), new Map([["a", 1]]));
  });

  it("gives back what has waited for long: others may have changed meanwhile what it is", () => {
    const at = bench();
    for (const name of ["1", "2", "3"]) at.begin(name);
    at.passMs(501);
    at.begin("4");
    at.land("1");
    assert.deepEqual(at.events, ["send 1", "send 2", "give back 3", "send 4"]);
  });

  it("gives back what has waited for long although no place becomes free, and each in its time", () => {
    const at = bench();
    for (const name of ["1", "2", "3"]) at.begin(name);
    at.passMs(300);
    at.begin("4");
    at.passMs(200);
    at.ringTimers();
    assert.deepEqual(at.events, ["send 1", "send 2", "give back 3"]);
    at.passMs(299);
    at.ringTimers();
    assert.equal(at.events.length, 3);
    at.passMs(1);
    at.ringTimers();
    assert.deepEqual(at.events.slice(3), ["give back 4"]);
  });

  it("gives back at once what must not wait where there is no place, and asks for nothing ahead", async () => {
    const at = bench();
    at.begin("1");
    at.land("1");
    at.begin("2", { mayWait: false });
    at.begin("3");
    at.begin("4", { mayWait: false });
    assert.deepEqual(at.events, ["send 1", "send 2", "send 3", "give back 4"]);
    assert.deepEqual([at.flights.room(), at.flights.hasWaiting()], [98, false]);
    assert.deepEqual(at.flights.rooms(), new Map([["a", 0]]));
    at.land("2");
    at.land("3");
    for (const name of ["1", "2", "3"]) await at.record(name);
    await at.flights.ended();
  });

  it("asks for nothing ahead of an endpoint that takes as long as what waits may", () => {
    const at = bench();
    at.begin("1");
    at.passMs(499);
    at.land("1");
    assert.deepEqual(at.flights.rooms(), new Map([["a", 3]]));
    at.begin("2");
    at.passMs(500);
    at.land("2");
    assert.deepEqual(at.flights.rooms(), new Map([["a", 2]]));
  });

  it("counts what waits as leased, and what is not recorded against twice as much", async () => {
    const at = bench({ mostLeased: 3, perEndpoint: 2 });
    for (const name of ["1", "2", "3"]) at.begin(name);
    assert.equal(at.flights.room(), 0);
    at.land("1");
    at.land("2");
    at.land("3");
    assert.equal(at.flights.room(), 3);
    for (const name of ["4", "5", "6"]) at.begin(name, { endpointId: "b" });
    at.land("4");
    assert.equal(at.flights.room(), 0, "five are not recorded, and the last is in flight");
    await at.record("1");
    assert.equal(at.flights.room(), 1);
  });

  it("sends no more while three times its places are in flight or not recorded: a crash sends them once more", async () => {
    const at = bench();
    for (let n = 1; n <= 7; n += 1) at.begin(String(n));
    for (let n = 1; n <= 6; n += 1) at.land(String(n));
    assert.deepEqual(at.events, ["send 1", "send 2", "send 3", "send 4", "send 5", "send 6"]);
    await at.record("1");
    assert.deepEqual(at.events.slice(6), ["send 7"]);
  });

  it("tells of room when one lands whose endpoint was full, and not for others", () => {
    const at = bench();
    at.begin("1");
    at.land("1");
    assert.equal(at.timesRoomWasTold(), 0);
    for (const name of ["2", "3"]) at.begin(name);
    at.land("2");
    assert.equal(at.timesRoomWasTold(), 1);
  });

  it("forgets an endpoint of which it has nothing left, once it has asked for what all that ended makes room for", async () => {
    const at = bench();
    at.begin("1");
    at.land("1");
    await at.record("1");
    assert.deepEqual(at.flights.rooms(), new Map([["a", 3]]), "two free places, and one");
    assert.deepEqual(at.flights.rooms(), new Map());
  });

  it("sends on while what waited behind one that failed is being given back", () => {
    const at = bench();
    for (let n = 1; n <= 7; n += 1) at.begin(String(n));
    at.land("1", false);
    at.begin("8");
    assert.deepEqual(at.events.slice(2), [...["3", "4", "5", "6", "7"].map((name) => `give back ${name}`), "send 8"]);
  });

  it("gives back all that waits when it is told to, and has ended when that and the rest are recorded", async () => {
    const at = bench();
    for (const name of ["1", "2", "3"]) at.begin(name);
    at.flights.giveBack();
    const ended = at.flights.ended();
    at.land("1");
    at.land("2");
    await at.record("1");
    await at.record("2");
    await ended;
    assert.deepEqual(at.events, ["send 1", "send 2", "give back 3"]);
  });
});
