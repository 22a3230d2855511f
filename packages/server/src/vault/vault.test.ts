import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { type Random, systemRandom } from "../random.ts";
import { createVault, type Vault } from "./vault.ts";
import { VaultError, type VaultErrorCode } from "./vault-error.ts";

const random: Random = { bytes: (length) => new Uint8Array(randomBytes(length)), fraction: () => 0.5 };
const newVault = (): Vault => createVault({ masterKey: random.bytes(32), random });
const CONTEXT = ["tenant-a", "customer-1", "embedder-x"];

function code(work: () => unknown): VaultErrorCode | "opened" {
  try {
    work();
  } catch (fault) {
    if (fault instanceof VaultError) return fault.code;
    throw fault;
  }
  return "opened";
}

describe("createVault", () => {
  it("opens what it sealed, the empty text included", () => {
    const vault = newVault();
    for (const text of [new Uint8Array(0), Uint8Array.of(0), random.bytes(2048)]) {
      assert.deepEqual(new Uint8Array(vault.open(vault.seal(text, CONTEXT), CONTEXT)), text);
    }
  });

  it("refuses a record that was copied to another tenant, customer or embedder", () => {
    const vault = newVault();
    const sealed = vault.seal(random.bytes(64), CONTEXT);
    for (const [at, other] of [
      [0, "tenant-b"],
      [1, "customer-2"],
      [2, "embedder-y"],
    ] as const) {
      const context = CONTEXT.with(at, other);
      assert.equal(
        code(() => vault.open(sealed, context)),
        "tampered",
        context.join(),
      );
    }
  });

  it("tells contexts apart whose texts give the same text when joined", () => {
    const vault = newVault();
    const sealed = vault.seal(random.bytes(8), ["a", "bc"]);
    for (const context of [["ab", "c"], ["abc"], ["a", "bc", ""], ["", "a", "bc"], []]) {
      assert.equal(
        code(() => vault.open(sealed, context)),
        "tampered",
        JSON.stringify(context),
      );
    }
  });

  it("refuses a record in which any one bit was flipped", () => {
    const vault = newVault();
    const sealed = vault.seal(random.bytes(32), CONTEXT);
    const codes = new Map<string, number>();
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const flipped = new Uint8Array(sealed);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const found = code(() => vault.open(flipped, CONTEXT));
      codes.set(found, (codes.get(found) ?? 0) + 1);
    }
    // 1 byte of version, 8 bytes of key id, and all others under a tag.
    assert.deepEqual(
      codes,
      new Map([
        ["malformed", 8],
        ["unknownKey", 64],
        ["tampered", (sealed.length - 9) * 8],
      ]),
    );
  });

  it("refuses a record that was cut at any length", () => {
    const vault = newVault();
    const sealed = vault.seal(random.bytes(16), CONTEXT);
    for (let length = 0; length < sealed.length; length += 1) {
      assert.notEqual(
        code(() => vault.open(sealed.subarray(0, length), CONTEXT)),
        "opened",
        String(length),
      );
    }
  });

  it("names a record that was sealed under another master key", () => {
    const sealed = newVault().seal(random.bytes(16), CONTEXT);
    assert.equal(
      code(() => newVault().open(sealed, CONTEXT)),
      "unknownKey",
    );
  });

  it("takes a fresh data key and two fresh nonces for each record, as they were drawn", () => {
    const drawn: Uint8Array[] = [];
    const noting: Random = {
      bytes: (length) => {
        const bytes = random.bytes(length);
        drawn.push(bytes);
        return bytes;
      },
      fraction: () => 0.5,
    };
    const vault = createVault({ masterKey: random.bytes(32), random: noting });
    for (let record = 0; record < 3; record += 1) {
      const sealed = Buffer.from(vault.seal(Uint8Array.of(1), CONTEXT));
      const [dataKey, ...nonces] = drawn.splice(0).toSorted((one, other) => other.length - one.length);
      assert.equal(dataKey?.length, 32);
      const inRecord = [sealed.subarray(9, 21), sealed.subarray(69, 81)];
      for (const nonce of nonces) assert.ok(inRecord.some((one) => one.equals(nonce)));
      assert.equal(nonces.length, 2);
      assert.ok(!Buffer.from(nonces[0] ?? []).equals(Buffer.from(nonces[1] ?? [])));
    }
  });

  it("never repeats a nonce in 1,000,000 that are drawn", () => {
    // The first 8 of 12 bytes: a chance of one in thirty million that they repeat and the nonces do not.
    const nonces = new BigUint64Array(1_000_000);
    for (let at = 0; at < nonces.length; at += 1) nonces[at] = Buffer.from(systemRandom.bytes(12)).readBigUInt64LE();
    nonces.sort();
    let repeats = 0;
    for (let at = 1; at < nonces.length; at += 1) if (nonces[at] === nonces[at - 1]) repeats += 1;
    assert.equal(repeats, 0);
  });

  it("holds neither the text nor the master key in a sealed record", () => {
    const masterKey = random.bytes(32);
    const text = random.bytes(64);
    const sealed = Buffer.from(createVault({ masterKey, random }).seal(text, CONTEXT));
    for (const secret of [text, masterKey]) {
      for (let at = 0; at + 8 <= secret.length; at += 1) assert.equal(sealed.indexOf(secret.subarray(at, at + 8)), -1);
    }
  });

  it("answers the same subject for the same customer and key, and another for anything else", () => {
    const masterKey = random.bytes(32);
    const subject = createVault({ masterKey, random }).subject("t", "c");
    assert.match(subject, /^[0-9a-f]{64}$/);
    assert.equal(createVault({ masterKey, random }).subject("t", "c"), subject);
    const vault = createVault({ masterKey, random });
    const others = [vault.subject("t", "d"), vault.subject("u", "c"), vault.subject("tc", ""), vault.subject("", "tc")];
    assert.equal(new Set([subject, ...others, newVault().subject("t", "c")]).size, 6);
  });

  it("keeps digests of one text apart by kind, tenant and key", () => {
    const vault = newVault();
    const bytes = random.bytes(10);
    const digests = [
      vault.digest("image", "t", bytes),
      vault.digest("source", "t", bytes),
      vault.digest("image", "u", bytes),
      vault.digest("image", "t", new Uint8Array(0)),
      newVault().digest("image", "t", bytes),
    ];
    assert.equal(new Set(digests).size, 5);
    assert.equal(vault.digest("image", "t", bytes), digests[0]);
  });

  it("refuses a master key that has not 32 bytes", () => {
    for (const length of [0, 16, 31, 33]) {
      assert.equal(
        code(() => createVault({ masterKey: random.bytes(length), random })),
        "invalidMasterKey",
      );
    }
  });

  it("moves a record to another master key without opening its text, once, and no other key opens it then", () => {
    const [old, fresh] = [random.bytes(32), random.bytes(32)];
    const before = createVault({ masterKey: old, random });
    const text = random.bytes(64);
    const sealed = before.seal(text, CONTEXT);
    const both = createVault({ masterKey: fresh, otherKey: old, random });
    const moved = both.rewrap(sealed);
    assert.ok(moved !== null);
    assert.equal(both.rewrap(moved), null);
    assert.equal(Buffer.from(moved).indexOf(sealed.subarray(-80)), moved.length - 80, "the text is as it was");
    for (const one of [sealed, moved]) assert.deepEqual(new Uint8Array(both.open(one, CONTEXT)), text);
    assert.deepEqual(new Uint8Array(createVault({ masterKey: fresh, random }).open(moved, CONTEXT)), text);
    assert.equal(
      code(() => before.open(moved, CONTEXT)),
      "unknownKey",
    );
    assert.equal(
      code(() => before.rewrap(moved)),
      "unknownKey",
    );
  });

  it("moves no record of which a bit before its text was flipped, and opens none that was flipped after it", () => {
    const [old, fresh] = [random.bytes(32), random.bytes(32)];
    const sealed = createVault({ masterKey: old, random }).seal(random.bytes(4), CONTEXT);
    const both = createVault({ masterKey: fresh, otherKey: old, random });
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const flipped = Uint8Array.from(sealed);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const verdict = code(() => both.open(both.rewrap(flipped) ?? flipped, CONTEXT));
      assert.notEqual(verdict, "opened", `bit ${bit}`);
    }
  });
});
