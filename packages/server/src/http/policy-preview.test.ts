import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DEFAULT_POLICY } from "../api/index.ts";
import { startTestServer } from "./test-server.fixture.ts";

describe("POST /v1/policy/preview", () => {
  it("says how the last decisions would have come out, and changes nothing", async () => {
    const server = await startTestServer();
    const preview = async (body: object) => (await server.call("/v1/policy/preview", { method: "POST", body })).body;
    assert.deepEqual(await preview({ thresholds: { match: "strict" } }), {
      looked: 0,
      since: null,
      unchanged: 0,
      changes: [],
      policy: { ...DEFAULT_POLICY, thresholds: { match: "strict" } },
    });
    await server.enrol("anna", { face: "anna" });
    await server.authenticate("anna", { face: "anna", shot: 2, live: 0.4 });
    await server.authenticate("anna", { face: "anna", shot: 3, live: 0.9 });
    await server.authenticate("anna", { face: "bert", live: 0.9 });
    await server.authenticate("nobody", {});
    await server.authenticate("anna", {
      face: "anna",
      shot: 4,
      checks: { mask: false, lenses: false, headCover: true },
    });
    const wanted = await preview({ liveness: { threshold: 0.5 }, checks: { headCover: "block" } });
    assert.deepEqual([wanted["looked"], wanted["unchanged"]], [5, 3]);
    assert.deepEqual(
      new Set((wanted["changes"] as object[]).map((change) => JSON.stringify(change))),
      new Set(['{"from":"passed","to":"spoof","count":1}', '{"from":"passed","to":"declined","count":1}']),
    );
    const lax = await preview({ thresholds: { match: "convenient" }, last: 4 });
    assert.deepEqual([lax["looked"], lax["changes"]], [4, [{ from: "not-recognized", to: "undetermined", count: 1 }]]);
    const { body: policy } = await server.call("/v1/policy");
    assert.deepEqual(policy["liveness"], { threshold: 0.3 });
    assert.equal((await preview({ last: 0 }))["code"], "validation");
    assert.equal((await preview({ mask: "off" }))["code"], "validation");
    await server.close();
  });
});
