import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PROFILES } from "./profiles.ts";

describe("profile standard", () => {
  it("is acknowledged by any 2xx whatever its content type, and by nothing else", () => {
    for (const status of [200, 201, 202, 204, 206, 299]) {
      for (const type of [null, "text/plain"]) assert.equal(PROFILES.standard.acknowledges(status, type), true);
    }
    for (const status of [199, 300, 301, 302, 304, 307, 400, 404, 410, 429, 500, 503, 599]) {
      assert.equal(PROFILES.standard.acknowledges(status, "application/json"), false, String(status));
    }
  });

  it("retries nine times within about 75 hours", () => {
    const { waitsMs, jitter } = PROFILES.standard;
    assert.deepEqual(
      waitsMs.map((wait) => wait / 1_000),
      [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
    );
    assert.equal(Math.floor(waitsMs.reduce((sum, wait) => sum + wait, 0) / 3_600_000), 75);
    assert.equal(jitter, 0.2);
  });
});

describe("profile incode", () => {
  it("is acknowledged by 204, or by 200 with JSON", () => {
    assert.equal(PROFILES.incode.acknowledges(204, null), true);
    for (const type of [
      "application/json",
      "APPLICATION/JSON",
      "application/json; charset=utf-8",
      "application/json;a=b",
    ]) {
      assert.equal(PROFILES.incode.acknowledges(200, type), true, type);
    }
  });

  it("takes 201, 202 and 200 without JSON as failures", () => {
    for (const status of [201, 202, 206, 301, 400, 500]) {
      assert.equal(PROFILES.incode.acknowledges(status, "application/json"), false, String(status));
    }
    for (const type of [null, "", "text/plain", "application/jsonp", "application/json-seq", "text/application/json"]) {
      assert.equal(PROFILES.incode.acknowledges(200, type), false, String(type));
    }
  });

  it("retries five times, 30 s × 2.5 to the n, within about 32 minutes", () => {
    assert.deepEqual(PROFILES.incode.waitsMs, [30_000, 75_000, 187_500, 468_750, 1_171_875]);
    assert.equal(PROFILES.incode.jitter, 0);
  });
});
