import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { systemRandom } from "../random.ts";
import { createVault } from "../vault/vault.ts";
import { openTemplate, sealTemplate } from "./sealed-template.ts";

describe("a sealed template", () => {
  const vault = createVault({ masterKey: systemRandom.bytes(32), random: systemRandom });
  const template = { embedderId: "e-1", vector: Float32Array.from({ length: 512 }, (_, n) => Math.fround(n / 511)) };
  const owner = { tenantId: "t", customerId: "c", vault };

  it("opens to the same numbers, bit for bit", () => {
    const opened = openTemplate({ embedderId: "e-1", sealed: sealTemplate(template, owner) }, owner);
    assert.deepEqual(opened, template);
  });

  it("does not open for another tenant, another customer or another embedder", () => {
    const sealed = sealTemplate(template, owner);
    const others: [object, string][] = [
      [{ tenantId: "u" }, "e-1"],
      [{ customerId: "d" }, "e-1"],
      [{}, "e-2"],
    ];
    for (const [other, embedderId] of others) {
      assert.throws(() => openTemplate({ embedderId, sealed }, { ...owner, ...other }), { code: "tampered" });
    }
  });
});
