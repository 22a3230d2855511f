import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Random } from "../random.ts";
import { type MetaStore, unlockVault } from "./unlock-vault.ts";
import { createVault } from "./vault.ts";

const random: Random = { bytes: (length) => new Uint8Array(randomBytes(length)), fraction: () => 0.5 };

interface TestMeta extends MetaStore {
  readonly rows: Map<string, Uint8Array>;
}

function metaStore(): TestMeta {
  const rows = new Map<string, Uint8Array>();
  return {
    rows,
    readMeta: async (name) => await Promise.resolve(rows.get(name) ?? null),
    beginRewrap: async (change) => {
      for (const [name, value] of Object.entries(change)) rows.set(name, value as Uint8Array);
      rows.set("rewrap", Uint8Array.of(0));
      await Promise.resolve();
    },
    putMetaOnce: async (name, value) => {
      const standing = rows.get(name) ?? value;
      rows.set(name, standing);
      return await Promise.resolve(standing);
    },
  };
}

describe("unlockVault", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "sameface-key-"));
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  it("makes the key file once with mode 0600 and uses it at the next start", async () => {
    const meta = metaStore();
    const keyFile = join(folder, "made", "data.key");
    const first = await unlockVault({ meta, masterKeyText: null, otherKeyText: null, keyFile, random });
    const second = await unlockVault({ meta, masterKeyText: null, otherKeyText: null, keyFile, random });
    assert.deepEqual([first.origin, second.origin], ["made", "file"]);
    assert.equal((await stat(keyFile)).mode & 0o777, 0o600);
    const sealed = first.vault.seal(Uint8Array.of(7), ["x"]);
    assert.deepEqual([...second.vault.open(sealed, ["x"])], [7]);
  });

  it("takes the setting before the file and makes no file then", async () => {
    const keyFile = join(folder, "unused.key");
    const masterKeyText = Buffer.from(random.bytes(32)).toString("base64");
    const { origin } = await unlockVault({ meta: metaStore(), masterKeyText, otherKeyText: null, keyFile, random });
    assert.equal(origin, "setting");
    await assert.rejects(stat(keyFile), { code: "ENOENT" });
  });

  it("refuses another master key than the one the data was sealed with, in one line without any key", async () => {
    const meta = metaStore();
    const keyFile = join(folder, "unused.key");
    const keys = [random.bytes(32), random.bytes(32)].map((key) => Buffer.from(key).toString("base64"));
    await unlockVault({ meta, masterKeyText: keys[0] ?? "", otherKeyText: null, keyFile, random });
    await assert.rejects(
      unlockVault({ meta, masterKeyText: keys[1] ?? "", otherKeyText: null, keyFile, random }),
      (fault: Error) => {
        assert.equal("code" in fault && fault.code, "wrongMasterKey");
        assert.doesNotMatch(fault.message, /\n/);
        for (const key of keys) assert.ok(!fault.message.includes(key));
        return true;
      },
    );
  });

  it("refuses to make a new key where data was sealed with one that is gone", async () => {
    const meta = metaStore();
    const keyFile = join(folder, "gone.key");
    await unlockVault({ meta, masterKeyText: null, otherKeyText: null, keyFile, random });
    await rm(keyFile);
    await assert.rejects(unlockVault({ meta, masterKeyText: null, otherKeyText: null, keyFile, random }), {
      code: "masterKeyMissing",
    });
    await assert.rejects(stat(keyFile), { code: "ENOENT" });
  });

  it("refuses a key text that is not base64 of exactly 32 bytes", async () => {
    const good = Buffer.from(random.bytes(32)).toString("base64");
    const keyFile = join(folder, "bad.key");
    for (const text of [
      "",
      "x",
      good.slice(0, -2),
      `${good}AA`,
      good.replace(/.{4}/, "$&\n"),
      `${good.slice(0, 43)}!`,
    ]) {
      const started = unlockVault({ meta: metaStore(), masterKeyText: text, otherKeyText: null, keyFile, random });
      await assert.rejects(started, { code: "invalidMasterKey" }, JSON.stringify(text));
    }
    await writeFile(keyFile, "not a key");
    const started = unlockVault({ meta: metaStore(), masterKeyText: null, otherKeyText: null, keyFile, random });
    await assert.rejects(started, { code: "invalidMasterKey" });
    assert.equal(await readFile(keyFile, "utf8"), "not a key");
  });

  const text = (): string => Buffer.from(random.bytes(32)).toString("base64");
  const [old, fresh, third] = [text(), text(), text()];
  const unlock = async (meta: MetaStore, masterKeyText: string | null, otherKeyText: string | null = null) =>
    await unlockVault({ meta, masterKeyText, otherKeyText, keyFile: join(folder, "rotated.key"), random });
  const refused = async (started: Promise<unknown>, code: string): Promise<void> => {
    await assert.rejects(started, (fault: Error & { code?: string }) => {
      assert.equal(fault.code, code);
      assert.match(fault.message, /SAMEFACE_PREVIOUS_MASTER_KEY/);
      assert.doesNotMatch(fault.message, /\n/);
      for (const key of [old, fresh, third]) assert.ok(!fault.message.includes(key));
      return true;
    });
  };

  it("changes to another key beside the one before, opens what either sealed, and makes the same hashes", async () => {
    const meta = metaStore();
    const before = (await unlock(meta, old)).vault;
    const sealed = before.seal(Uint8Array.of(7), ["x"]);
    await refused(unlock(meta, fresh), "wrongMasterKey");
    await refused(unlock(meta, fresh, third), "wrongMasterKey");
    const { vault, keys } = await unlock(meta, fresh, old);
    assert.equal(keys, "rewrapping");
    assert.deepEqual([...vault.open(sealed, ["x"])], [7]);
    const moved = vault.rewrap(sealed);
    assert.ok(moved !== null);
    meta.rows.delete("rewrap");
    const alone = await unlock(meta, fresh);
    assert.deepEqual([...alone.vault.open(moved, ["x"])], [7]);
    assert.equal(alone.keys, "one");
    for (const one of [vault, alone.vault]) {
      assert.equal(one.subject("t", "c"), before.subject("t", "c"));
      assert.equal(one.digest("image", "t", sealed), before.digest("image", "t", sealed));
      assert.deepEqual(one.tenantSecret("p", "t"), before.tenantSecret("p", "t"));
    }
  });

  it("refuses to start without the key before, or with a third, until all is moved, and turns back with both", async () => {
    const meta = metaStore();
    await unlock(meta, old);
    await unlock(meta, fresh, old);
    await refused(unlock(meta, fresh), "masterKeyMissing");
    await refused(unlock(meta, fresh, third), "masterKeyMissing");
    await refused(unlock(meta, old), "wrongMasterKey");
    await refused(unlock(meta, third, fresh), "masterKeyMissing");
    assert.equal((await unlock(meta, fresh, old)).keys, "rewrapping");
    assert.equal((await unlock(meta, old, fresh)).keys, "rewrapping");
    await refused(unlock(meta, old), "masterKeyMissing");
    meta.rows.delete("rewrap");
    assert.equal((await unlock(meta, old)).keys, "one");
  });

  it("reads the next key beside the present one without any change, so that nodes learn it one by one", async () => {
    const meta = metaStore();
    await unlock(meta, old);
    const before = new Map(meta.rows);
    const { vault, keys } = await unlock(meta, old, fresh);
    assert.equal(keys, "both");
    assert.deepEqual(meta.rows, before);
    const next = await unlock(meta, fresh, old);
    assert.deepEqual([...vault.open(next.vault.seal(Uint8Array.of(1), ["x"]), ["x"])], [1]);
  });

  it("keeps the hashes of data that was begun when they followed from the master key", async () => {
    const meta = metaStore();
    const first = createVault({ masterKey: new Uint8Array(Buffer.from(old, "base64")), random });
    meta.rows.set("masterKeyCheck", first.masterKeyCheck());
    for (const vault of [(await unlock(meta, fresh, old)).vault, (await unlock(meta, fresh, old)).vault]) {
      assert.equal(vault.subject("t", "c"), first.subject("t", "c"));
      assert.deepEqual(vault.tenantSecret("p", "t"), first.tenantSecret("p", "t"));
    }
  });

  it("makes a new key file where the one before was put aside, and finds it there", async () => {
    const meta = metaStore();
    const keyFile = join(folder, "aside.key");
    const start = async () => await unlockVault({ meta, masterKeyText: null, otherKeyText: null, keyFile, random });
    await start();
    await rename(keyFile, `${keyFile}.previous`);
    assert.deepEqual([(await start()).origin, (await start()).keys], ["made", "rewrapping"]);
    assert.notEqual(await readFile(keyFile, "utf8"), await readFile(`${keyFile}.previous`, "utf8"));
    await rm(keyFile);
    await assert.rejects(start(), { code: "masterKeyMissing" });
  });

  it("refuses to start where one bit of the sealed keys of the hashes was flipped", async () => {
    const meta = metaStore();
    await unlock(meta, old);
    const sealed = meta.rows.get("hashKeys");
    assert.ok(sealed !== undefined);
    for (const at of [0, 5, 20, 60, 90, sealed.length - 1]) {
      const flipped = Uint8Array.from(sealed);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      meta.rows.set("hashKeys", flipped);
      await assert.rejects(unlock(meta, old), { name: "VaultError", message: /restore a backup/ });
    }
  });
});
