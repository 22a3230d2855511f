import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compare } from "@sameface/engine";
import { systemRandom } from "../random.ts";
import { createVault } from "../vault/vault.ts";
import { openTemplate, rotateTemplate, sealTemplate } from "./sealed-template.ts";

describe("a sealed template", () => {
  const vault = createVault({ masterKey: systemRandom.bytes(32), random: systemRandom });
  const template = { embedderId: "e-1", vector: Float32Array.from({ length: 512 }, (_, n) => Math.fround(n / 511)) };
  const owner = { tenantId: "t", customerId: "c", vault };

  it("opens to the numbers that were turned by its tenant's rotation, bit for bit", () => {
    const opened = openTemplate({ embedderId: "e-1", sealed: sealTemplate(template, owner) }, owner);
    assert.deepEqual(opened, rotateTemplate(template, owner));
    assert.notDeepEqual(opened, template);
  });

  it("opens one that was sealed before there were rotations, so that nobody has to enrol again", () => {
    const { vector } = template;
    const bytes = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
    const sealed = vault.seal(bytes, ["template", "t", "c", "e-1"]);
    assert.deepEqual(openTemplate({ embedderId: "e-1", sealed }, owner), rotateTemplate(template, owner));
  });

  it("refuses a format that it does not know", () => {
    const sealed = vault.seal(Buffer.concat([Uint8Array.of(2), new Uint8Array(8)]), ["template", "t", "c", "e-1"]);
    assert.throws(() => openTemplate({ embedderId: "e-1", sealed }, owner), { code: "malformed" });
  });

  it("gives the same face in two tenants, opened, as strangers", () => {
    const norm = Math.hypot(...template.vector);
    const unit = { ...template, vector: template.vector.map((value) => value / norm) };
    const open = (tenantId: string) => {
      const of = { ...owner, tenantId };
      return openTemplate({ embedderId: "e-1", sealed: sealTemplate(unit, of) }, of);
    };
    assert.ok(compare(open("t"), open("t")).similarity > 0.999_999);
    assert.ok(Math.abs(compare(open("t"), open("u")).similarity) < 0.25);
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
