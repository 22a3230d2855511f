import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BUNDLES, keyState, mayGive, SCOPES } from "./scopes.ts";

describe("scopes", () => {
  it("are given only by who holds them", () => {
    assert.equal(mayGive(["keys:write"], "keys:write"), true);
    assert.equal(mayGive(["keys:write"], "admin"), false);
    assert.equal(mayGive(["admin"], "policy:write"), true);
    assert.equal(mayGive(["admin"], "root"), false);
    assert.equal(mayGive(["root"], "root"), true);
  });

  it("come in bundles of scopes that there are", () => {
    for (const scope of Object.values(BUNDLES).flat()) assert.ok(scope in SCOPES, scope);
  });

  it("end with their key", () => {
    const now = Date.parse("2027-01-31T12:00:00Z");
    assert.equal(keyState({ revokedAt: null, expiresAt: null }, now), "live");
    assert.equal(keyState({ revokedAt: null, expiresAt: "2027-01-31T12:00:00Z" }, now), "expired");
    assert.equal(keyState({ revokedAt: "2027-01-31T11:00:00Z", expiresAt: null }, now), "revoked");
  });
});
