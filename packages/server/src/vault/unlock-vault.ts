import { timingSafeEqual } from "node:crypto";
import type { Random } from "../random.ts";
import { decodeHashKeys, encodeHashKeys, hashKeysOf, makeHashKeys } from "./hash-keys.ts";
import { loadMasterKey, loadOtherKey, type MasterKey } from "./master-key.ts";
import { createVault, masterKeyCheckOf, type Vault } from "./vault.ts";
import { VaultError } from "./vault-error.ts";

/** What a change of the master key leaves in the store, in one transaction. */
export interface KeyChange {
  /** Proof of the key that seals from now on. */
  readonly masterKeyCheck: Uint8Array;
  /** Proof of the one whose records are to be re-wrapped. */
  readonly previousKeyCheck: Uint8Array;
  /** Sealed under the new one. */
  readonly hashKeys: Uint8Array;
}

/** The members of the store that the vault needs. */
export interface MetaStore {
  readMeta(name: string): Promise<Uint8Array | null>;
  putMetaOnce(name: string, value: Uint8Array): Promise<Uint8Array>;
  /** Every sealed column is looked at once more from now on, whoever began that before. */
  beginRewrap(change: KeyChange): Promise<void>;
}

/** Where the keys are looked for. */
export interface UnlockOptions {
  readonly meta: MetaStore;
  /** Base64 of 32 bytes; `null`: `keyFile` holds it, made where the store is still empty. */
  readonly masterKeyText: string | null;
  /** Base64 of 32 bytes; `null`: `keyFile` with `.previous` behind it holds it, if there is one. */
  readonly otherKeyText: string | null;
  readonly keyFile: string;
  readonly random: Random;
}

/** An open vault. */
export interface Unlocked {
  readonly vault: Vault;
  readonly origin: MasterKey["origin"];
  /** `rewrapping`: records are moved to the master key; `both`: another key is known and not needed; else `one`. */
  readonly keys: "one" | "both" | "rewrapping";
}

/** Names of what the store keeps for the vault. */
const CHECK = "masterKeyCheck";
const PREVIOUS_CHECK = "previousKeyCheck";
const HASH_KEYS = "hashKeys";
const REWRAP = "rewrap";

/**
 * The vault for the data in this store: loads the master key and proves that it is the one that the data was sealed
 * with; on an empty store the proof is written. With another key that the data was sealed with, all is moved to the
 * master key from now on, by whoever calls `advanceRewrap`.
 * @throws {VaultError} `invalidMasterKey`, `masterKeyMissing`, `wrongMasterKey` or `tampered`, each with one line
 */
export async function unlockVault(options: UnlockOptions): Promise<Unlocked> {
  const { meta, random } = options;
  const standing = await readStanding(meta);
  const otherKey = await loadOtherKey({ text: options.otherKeyText, file: `${options.keyFile}.previous` });
  const { masterKey, origin } = await loadMasterKey({
    text: options.masterKeyText,
    file: options.keyFile,
    mayCreate: mayMakeKey(standing, otherKey),
    random,
  });
  const own = masterKeyCheckOf(masterKey);
  const other = otherKey === null ? null : masterKeyCheckOf(otherKey);
  const check = await meta.putMetaOnce(CHECK, own);
  const keys = judgeKeys({ ...standing, check }, { own, other });
  const sealedFirst = keys === "change" && otherKey !== null ? otherKey : masterKey;
  // Data of before they were kept goes on with those of the key that it was begun with.
  const hashKeys = standing.check === null ? makeHashKeys(random) : hashKeysOf(sealedFirst);
  const sealer = createVault({ masterKey, otherKey, random });
  const sealedHashKeys = await meta.putMetaOnce(HASH_KEYS, sealer.seal(encodeHashKeys(hashKeys), [HASH_KEYS]));
  const vault = createVault({ masterKey, otherKey, random, hashKeys: openHashKeys(sealer, sealedHashKeys) });
  if ((keys === "change" || keys === "rewrapping") && other !== null) {
    const moved = sealer.rewrap(sealedHashKeys) ?? sealedHashKeys;
    await meta.beginRewrap({ masterKeyCheck: own, previousKeyCheck: other, hashKeys: moved });
    return { vault, origin, keys: "rewrapping" };
  }
  return { vault, origin, keys: other === null ? "one" : "both" };
}

interface Standing {
  readonly check: Uint8Array | null;
  readonly previousCheck: Uint8Array | null;
  readonly isRewrapping: boolean;
}

async function readStanding(meta: MetaStore): Promise<Standing> {
  const check = await meta.readMeta(CHECK);
  const previousCheck = await meta.readMeta(PREVIOUS_CHECK);
  return { check, previousCheck, isRewrapping: (await meta.readMeta(REWRAP)) !== null };
}

/** Where nothing is sealed yet, or the operator put the key that all is sealed with aside as the previous one. */
function mayMakeKey({ check, isRewrapping }: Standing, otherKey: Uint8Array | null): boolean {
  if (check === null) return true;
  return !isRewrapping && otherKey !== null && isSame(check, masterKeyCheckOf(otherKey));
}

/** @throws {VaultError} where records would stay that no key opens */
function judgeKeys(
  { check, previousCheck, isRewrapping }: Standing,
  { own, other }: { readonly own: Uint8Array; readonly other: Uint8Array | null },
): "plain" | "change" | "rewrapping" {
  const fits = (one: Uint8Array | null, key: Uint8Array | null): boolean =>
    one !== null && key !== null && isSame(one, key);
  const isPresent = fits(check, own);
  if (!isPresent && !fits(check, other)) {
    throw new VaultError(
      "wrongMasterKey",
      "the data is sealed with another master key than the one given: set that one, or name it in SAMEFACE_PREVIOUS_MASTER_KEY to change to this one",
    );
  }
  if (isRewrapping && !fits(previousCheck, isPresent ? other : own)) {
    throw new VaultError(
      "masterKeyMissing",
      "the data is still being moved to its master key from the one before: set that one in SAMEFACE_PREVIOUS_MASTER_KEY until the log says that all is moved",
    );
  }
  if (!isPresent) return "change";
  // Once more at each start with it: a node that ran on with the key of before may have sealed with it.
  return fits(previousCheck, other) ? "rewrapping" : "plain";
}

function openHashKeys(vault: Vault, sealed: Uint8Array) {
  try {
    return decodeHashKeys(vault.open(sealed, [HASH_KEYS]));
  } catch (cause) {
    if (!(cause instanceof VaultError)) throw cause;
    throw new VaultError(cause.code, "the keys of the hashes were changed in the database: restore a backup", {
      cause,
    });
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
