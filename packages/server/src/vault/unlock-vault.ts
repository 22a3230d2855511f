import { timingSafeEqual } from "node:crypto";
import type { Random } from "../random.ts";
import { loadMasterKey, type MasterKey } from "./master-key.ts";
import { createVault, type Vault } from "./vault.ts";
import { VaultError } from "./vault-error.ts";

/** The members of the store that the proof of the master key needs. */
export interface MetaStore {
  readMeta(name: string): Promise<Uint8Array | null>;
  putMetaOnce(name: string, value: Uint8Array): Promise<Uint8Array>;
}

const CHECK_NAME = "masterKeyCheck";

/**
 * The vault for the data in this store: loads the master key and proves that it is the one that the data was sealed
 * with; on an empty store the proof is written.
 * @param options.masterKeyText base64 of 32 bytes; `null`: `keyFile` holds it, made where the store is still empty
 * @throws {VaultError} `invalidMasterKey`, `masterKeyMissing` or `wrongMasterKey`, each with a message of one line
 */
export async function unlockVault(options: {
  readonly meta: MetaStore;
  readonly masterKeyText: string | null;
  readonly keyFile: string;
  readonly random: Random;
}): Promise<{ readonly vault: Vault; readonly origin: MasterKey["origin"] }> {
  const { meta, random } = options;
  const standing = await meta.readMeta(CHECK_NAME);
  const { masterKey, origin } = await loadMasterKey({
    text: options.masterKeyText,
    file: options.keyFile,
    mayCreate: standing === null,
    random,
  });
  const vault = createVault({ masterKey, random });
  const own = vault.masterKeyCheck();
  const stored = await meta.putMetaOnce(CHECK_NAME, own);
  if (stored.length !== own.length || !timingSafeEqual(stored, own)) {
    throw new VaultError("wrongMasterKey", "the data is sealed with another master key than the one given");
  }
  return { vault, origin };
}
