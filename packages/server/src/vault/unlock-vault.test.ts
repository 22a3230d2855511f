import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Random } from "../random.ts";
import { type MetaStore, unlockVault } from "./unlock-vault.ts";

const random: Random = { bytes: (length) => new Uint8Array(randomBytes(length)), fraction: () => 0.5 };

function metaStore(): MetaStore {
  const rows = new Map<string, Uint8Array>();
  return {
    readMeta: async (name) => await Promise.resolve(rows.get(name) ?? null),
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
    const first = await unlockVault({ meta, masterKeyText: null, keyFile, random });
    const second = await unlockVault({ meta, masterKeyText: null, keyFile, random });
    assert.deepEqual([first.origin, second.origin], ["made", "file"]);
    assert.equal((await stat(keyFile)).mode & 0o777, 0o600);
    const sealed = first.vault.seal(Uint8Array.of(7), ["x"]);
    assert.deepEqual([...second.vault.open(sealed, ["x"])], [7]);
  });

  it("takes the setting before the file and makes no file then", async () => {
    const keyFile = join(folder, "unused.key");
    const masterKeyText = Buffer.from(random.bytes(32)).toString("base64");
    const { origin } = await unlockVault({ meta: metaStore(), masterKeyText, keyFile, random });
    assert.equal(origin, "setting");
    await assert.rejects(stat(keyFile), { code: "ENOENT" });
  });

  it("refuses another master key than the one the data was sealed with, in one line without any key", async () => {
    const meta = metaStore();
    const keyFile = join(folder, "unused.key");
    const keys = [random.bytes(32), random.bytes(32)].map((key) => Buffer.from(key).toString("base64"));
    await unlockVault({ meta, masterKeyText: keys[0] ?? "", keyFile, random });
    await assert.rejects(unlockVault({ meta, masterKeyText: keys[1] ?? "", keyFile, random }), (fault: Error) => {
      assert.equal("code" in fault && fault.code, "wrongMasterKey");
      assert.doesNotMatch(fault.message, /\n/);
      for (const key of keys) assert.ok(!fault.message.includes(key));
      return true;
    });
  });

  it("refuses to make a new key where data was sealed with one that is gone", async () => {
    const meta = metaStore();
    const keyFile = join(folder, "gone.key");
    await unlockVault({ meta, masterKeyText: null, keyFile, random });
    await rm(keyFile);
    await assert.rejects(unlockVault({ meta, masterKeyText: null, keyFile, random }), { code: "masterKeyMissing" });
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
      const started = unlockVault({ meta: metaStore(), masterKeyText: text, keyFile, random });
      await assert.rejects(started, { code: "invalidMasterKey" }, JSON.stringify(text));
    }
    await writeFile(keyFile, "not a key");
    const started = unlockVault({ meta: metaStore(), masterKeyText: null, keyFile, random });
    await assert.rejects(started, { code: "invalidMasterKey" });
    assert.equal(await readFile(keyFile, "utf8"), "not a key");
  });
});
