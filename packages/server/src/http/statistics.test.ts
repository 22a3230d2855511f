import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startTestServer } from "./test-server.fixture.ts";

describe("the API of statistics", () => {
  it("counts by the hour, and refuses a span that is none", async () => {
    const server = await startTestServer();
    const read = async (query: string) => await server.call(`/v1/statistics${query}`);
    assert.deepEqual((await read("")).body, { hours: [] });
    await server.authenticate("nobody", {});
    const { hours } = (await read("")).body as { hours: Record<string, unknown>[] };
    assert.equal(hours.length, 1);
    const [hour] = hours;
    assert.deepEqual(hour?.["outcomes"], { "unknown-customer": 1 });
    assert.match(String(hour["hour"]), /:00:00\.000Z$/);
    assert.deepEqual((await read("?to=2020-01-01T00:00:00Z")).body, { hours: [] });
    for (const wrong of [
      "?from=2027-01-01T00:00:00Z&to=2026-01-01T00:00:00Z",
      "?from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z",
      "?from=2020-13-01T00:00:00Z",
      "?from=yesterday",
    ]) {
      assert.equal((await read(wrong)).body["code"], "validation", wrong);
    }
    await server.close();
  });
});
