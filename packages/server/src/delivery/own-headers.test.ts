import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkOwnHeaders } from "./own-headers.ts";

describe("checkOwnHeaders", () => {
  it("allows any name that is not ours and lowers its case", () => {
    assert.deepEqual(
      checkOwnHeaders({ Authorization: "Bearer a.b-c", "X-Api-Key": "k 1", "user-agent": "mine", a: "" }),
      {
        ok: true,
        headers: { authorization: "Bearer a.b-c", "x-api-key": "k 1", "user-agent": "mine", a: "" },
      },
    );
    assert.deepEqual(checkOwnHeaders({}), { ok: true, headers: {} });
  });

  it("refuses every name that sameface or the connection sets, in any case", () => {
    for (const name of [
      "host",
      "Connection",
      "Content-Type",
      "content-length",
      "content-anything",
      "Transfer-Encoding",
      "webhook-id",
      "Webhook-Signature",
      "SAMEFACE-outcome",
      "keep-alive",
      "upgrade",
      "expect",
      "te",
      "trailer",
      "proxy-authorization",
    ]) {
      const check = checkOwnHeaders({ [name]: "x" });
      assert.ok(!check.ok, name);
      assert.equal(check.name, name);
    }
  });

  it("refuses what could begin another header or is no header at all", () => {
    for (const [name, value] of [
      ["x", "a\r\nhost: evil"],
      ["x", "a\nb"],
      ["x", "a\u0000"],
      ["x", " a"],
      ["x", "a "],
      ["x", "ü"],
      ["x y", "a"],
      ["x:", "a"],
      ["x\r\ny", "a"],
      ["", "a"],
      ["ü", "a"],
    ] as const) {
      const check = checkOwnHeaders({ [name]: value });
      assert.ok(!check.ok, JSON.stringify([name, value]));
      assert.ok(!check.message.includes("evil"));
    }
  });

  it("refuses one name in two spellings", () => {
    assert.equal(checkOwnHeaders({ "X-Key": "a", "x-key": "b" }).ok, false);
  });

  it("bounds their number and size", () => {
    const many = (count: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, "v"]));
    assert.equal(checkOwnHeaders(many(20)).ok, true);
    assert.equal(checkOwnHeaders(many(21)).ok, false);
    assert.equal(checkOwnHeaders({ x: "v".repeat(7_999) }).ok, true);
    assert.equal(checkOwnHeaders({ x: "v".repeat(8_000) }).ok, false);
  });

  it("does not take __proto__ for anything but a name", () => {
    const check = checkOwnHeaders(JSON.parse('{"__proto__":"x"}') as Record<string, string>);
    assert.deepEqual(check.ok && Object.getOwnPropertyNames(check.headers), ["__proto__"]);
  });
});
