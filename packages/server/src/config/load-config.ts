import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ConfigResult, readConfig } from "./read-config.ts";

/**
 * The settings of the environment and of `sameface.config.json` in a folder.
 * @param options.folder where the file is looked for; it may be absent
 */
export async function loadConfig(options: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
}): Promise<ConfigResult> {
  return readConfig({ env: options.env, file: await readIfThere(join(options.folder, "sameface.config.json")) });
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw cause;
  }
}
