import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Random } from "../random.ts";
import { KEY_BYTES } from "./aes-gcm.ts";
import { VaultError } from "./vault-error.ts";

/** Where the master key comes from. */
export interface MasterKeySource {
  /** Base64 of 32 bytes, as set by the operator; `null`: the file holds it. */
  readonly text: string | null;
  /** `<data folder>.key`: beside the folder, so that a backup of the folder never holds its own key. */
  readonly file: string;
  /** Whether a key may be made where there is none; never once there is data that another key sealed (F37). */
  readonly mayCreate: boolean;
  readonly random: Random;
}

/** A master key and where it came from. */
export interface MasterKey {
  readonly masterKey: Uint8Array;
  /** `made`: the file was written just now, and the operator should be told to move it. */
  readonly origin: "setting" | "file" | "made";
}

/**
 * Reads the master key, or makes its file once (mode 0600).
 * @throws {VaultError} `invalidMasterKey`, `masterKeyMissing`, with a message of one line
 */
export async function loadMasterKey(source: MasterKeySource): Promise<MasterKey> {
  if (source.text !== null) {
    return { masterKey: parse(source.text, "the master key setting"), origin: "setting" };
  }
  const standing = await readIfThere(source.file);
  if (standing !== null) return { masterKey: parse(standing, source.file), origin: "file" };
  if (!source.mayCreate) {
    throw new VaultError(
      "masterKeyMissing",
      `the data is sealed, and its master key is neither set nor in ${source.file}: put it back`,
    );
  }
  return await makeKeyFile(source);
}

/**
 * The other master key that may open records: the setting, or the file `<data folder>.key.previous`.
 * @returns `null`: there is none
 * @throws {VaultError} `invalidMasterKey`, `masterKeyMissing`
 */
export async function loadOtherKey(source: Pick<MasterKeySource, "text" | "file">): Promise<Uint8Array | null> {
  const { text, file } = source;
  if (text !== null) return parse(text, "the setting of the previous master key");
  const standing = await readIfThere(file);
  return standing === null ? null : parse(standing, file);
}

async function makeKeyFile({ file, random }: MasterKeySource): Promise<MasterKey> {
  const masterKey = random.bytes(KEY_BYTES);
  await mkdir(dirname(file), { recursive: true });
  // "wx": two that start together must not overwrite each other's key.
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(`${Buffer.from(masterKey).toString("base64")}\n`);
    // Data sealed under a key that a power cut takes away is lost: the key is on disk before it is used.
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncFolder(dirname(file));
  return { masterKey, origin: "made" };
}

async function syncFolder(folder: string): Promise<void> {
  // Windows can't open a folder, and keeps new names by its journal.
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw new VaultError("masterKeyMissing", `the master key file ${file} can't be read`, { cause });
  }
}

function parse(text: string, place: string): Uint8Array {
  const trimmed = text.trim();
  const bytes = Buffer.from(trimmed, "base64");
  // Buffer skips what is not base64; only the text that it would write itself is taken.
  if (bytes.length !== KEY_BYTES || bytes.toString("base64") !== trimmed) {
    throw new VaultError("invalidMasterKey", `${place} must hold base64 of exactly 32 bytes`);
  }
  return new Uint8Array(bytes);
}
