import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Clock } from "../clock.ts";
import { systemClock } from "../clock.ts";
import { FACING, openCapture, readCapture, type TestPage } from "./captures.fixture.ts";
import type { Script } from "./scripted-engine.fixture.ts";
import { startTestServer, type TestAnswer, type TestServer } from "./test-server.fixture.ts";

const ANNA = { face: "anna", ...FACING };
const ANSWERS: Readonly<Record<string, Script>> = {
  centre: ANNA,
  turnLeft: { ...ANNA, yaw: 27 },
  turnRight: { ...ANNA, yaw: -27 },
  blink: { ...ANNA, closed: 0.97 },
  comeCloser: { ...ANNA, width: 0.42 },
};

describe("captures with a challenge", () => {
  let server: TestServer;
  let aheadMs = 0;
  const clock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs };

  before(async () => {
    server = await startTestServer({ clock, captureLimits: { floorMs: 1, tries: 1 } });
    await server.enrol("anna", { face: "anna", shot: 1 });
  });
  after(async () => {
    await server.close();
  });
  beforeEach(async () => {
    aheadMs = 0;
    await server.call("/v1/policy", { method: "PUT", body: { capture: { liveness: "both" } } });
    await server.call("/v1/customers/anna/unlock", { method: "POST" });
    await server.call("/v1/sources/unlock", { method: "POST", body: { source: "127.0.0.1" } });
  });

  /** Does what is asked for, until the answer is another than `goOn`. */
  async function follow(page: TestPage, over: Readonly<Record<string, Script>> = {}): Promise<TestAnswer> {
    let answer = await page.frame(ANNA);
    for (let frame = 0; answer.body["state"] === "goOn" && frame < 30; frame += 1) {
      const ask = String(answer.body["ask"]);
      answer = await page.frame(over[ask] ?? ANSWERS[ask] ?? ANNA);
    }
    return answer;
  }

  async function begin(): Promise<TestPage> {
    const page = await openCapture(server);
    assert.equal((await page.begin()).body["moves"], 3);
    return page;
  }

  const outcomeOf = async (page: TestPage): Promise<readonly unknown[]> => {
    const body = { captureSessionId: page.id };
    const answer = (await server.call("/v1/authentications", { method: "POST", body })).body;
    return [answer["outcome"] ?? answer["errorCode"] ?? answer["code"], answer["reason"]];
  };

  it("passes whoever does what is asked for, in its order", async () => {
    const page = await begin();
    assert.equal((await follow(page)).body["state"], "done");
    assert.deepEqual(await outcomeOf(page), ["passed", null]);
  });

  it("asks another order of another session", async () => {
    const orders = new Set<string>();
    for (let n = 0; n < 8; n += 1) {
      const page = await begin();
      const asked: string[] = [];
      let answer = await page.frame(ANNA);
      for (let frame = 0; answer.body["state"] === "goOn" && frame < 30; frame += 1) {
        const ask = String(answer.body["ask"]);
        if (ask !== "centre" && asked.at(-1) !== ask) asked.push(ask);
        answer = await page.frame(ANSWERS[ask] ?? ANNA);
      }
      orders.add(asked.join());
    }
    assert.ok(orders.size > 1, [...orders].join(" "));
  });

  const refusals: readonly (readonly [string, (page: TestPage) => Promise<TestAnswer>])[] = [
    [
      "wrongOrder",
      async (page) =>
        await follow(page, { turnLeft: ANSWERS["turnRight"] ?? {}, turnRight: ANSWERS["turnLeft"] ?? {} }),
    ],
    [
      "swappedFace",
      async (page) =>
        await follow(page, {
          turnLeft: { ...ANSWERS["turnLeft"], face: "eve" },
          turnRight: { ...ANSWERS["turnRight"], face: "eve" },
          blink: { ...ANSWERS["blink"], face: "eve" },
        }),
    ],
    [
      "stillPicture",
      async (page) => {
        await page.show(ANNA, ANNA, ANNA);
        aheadMs = 120_000;
        return await page.frame(ANNA);
      },
    ],
    [
      "lateFrame",
      async (page) => {
        await page.show(ANNA, { ...ANNA, yaw: 9 });
        aheadMs = 120_000;
        return await page.frame(ANNA);
      },
    ],
  ];
  for (const [reason, play] of refusals) {
    it(`refuses ${reason} as 4005, and says so to the back end alone`, async () => {
      const page = await begin();
      const answer = await play(page);
      assert.equal(answer.body["state"], "done");
      assert.equal(answer.body["problem"], null);
      assert.deepEqual(await outcomeOf(page), ["spoof", reason]);
      assert.equal((await readCapture(server, page))["problem"], reason);
    });
  }

  it("refuses a turned-away face that never looked straight as 9004, not as a spoof", async () => {
    const page = await begin();
    await page.frame({ ...ANNA, yaw: 33, problem: "pose_out_of_range" });
    aheadMs = 120_000;
    await page.frame(ANNA);
    assert.deepEqual(await outcomeOf(page), [9004, "pose_out_of_range"]);
  });

  it("takes the challenge for proof where the policy says so, and not beside the picture's own liveness else", async () => {
    const dull = Object.fromEntries(Object.entries(ANSWERS).map(([ask, script]) => [ask, { ...script, live: 0.1 }]));
    const both = await begin();
    await follow(both, dull);
    assert.equal((await outcomeOf(both))[0], "spoof");
    await server.call("/v1/policy", { method: "PUT", body: { capture: { liveness: "challenge" } } });
    const alone = await begin();
    await follow(alone, dull);
    assert.equal((await outcomeOf(alone))[0], "passed");
  });

  it("lets nobody pass with the picture of another than who did what was asked", async () => {
    const page = await begin();
    // Eve answers the challenge; a single frame of Anna stands between, straighter and sharper than all of hers.
    let answer = await page.frame({ ...ANNA, face: "eve", yaw: 8 });
    for (let frame = 0; answer.body["state"] === "goOn" && frame < 40; frame += 1) {
      const ask = String(answer.body["ask"]);
      if (frame === 1) answer = await page.frame({ ...ANNA, yaw: 0, closed: 0 });
      else answer = await page.frame({ ...(ANSWERS[ask] ?? ANNA), face: "eve" });
    }
    assert.notEqual((await outcomeOf(page))[0], "passed");
  });

  it("gives another try for what an honest person does, and tells the page what was wrong", async () => {
    const other = await startTestServer({ clock, captureLimits: { floorMs: 1 } });
    try {
      await other.call("/v1/policy", { method: "PUT", body: { capture: { liveness: "challenge" } } });
      const page = await openCapture(other);
      await page.begin();
      await page.show(ANNA, { ...ANNA, yaw: 9 });
      aheadMs = 120_000;
      const answer = await page.frame(ANNA);
      assert.deepEqual(
        [answer.body["state"], answer.body["problem"], answer.body["triesLeft"]],
        ["again", "lateFrame", 2],
      );
    } finally {
      await other.close();
    }
  });
});
