import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build, PACKAGES, type PackageName } from "./build.ts";
import { ROOT } from "./root.ts";
import { spawned } from "./spawned.ts";

/** A package as it would be published. */
export interface Packed {
  readonly folder: PackageName;
  readonly name: string;
  readonly version: string;
  /** The archive's path. */
  readonly tarball: string;
  /** Sum of its files, bytes: what it takes when installed. */
  readonly installedBytes: number;
  readonly files: readonly string[];
}

/** Ignored by git, and kept from run to run, so that a person can look at them. */
const FOLDER = join(ROOT, ".cache/packages");

/** Builds and packs every package. */
export async function packAll(): Promise<readonly Packed[]> {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  await build(PACKAGES);
  return await Promise.all(PACKAGES.map(pack));
}

async function pack(folder: PackageName): Promise<Packed> {
  // `prepack` would build each once more.
  const command = ["npm", "pack", "--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", FOLDER];
  const done = await spawned(command, { cwd: join(ROOT, "packages", folder), separate: true });
  if (done.code !== 0) throw new Error(`packages/${folder} cannot be packed:\n${done.output}`);
  const { name, version, filename, unpackedSize, files } = readPackJson(done.output);
  return {
    folder,
    name,
    version,
    tarball: join(FOLDER, filename),
    installedBytes: unpackedSize,
    files: files.map((file) => file.path),
  };
}

interface PackJson {
  readonly name: string;
  readonly version: string;
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** npm 10 and 11 print a list of one, later ones an object under the package's name; both in this shape. */
function readPackJson(text: string): PackJson {
  const [first] = Object.values(JSON.parse(text) as Record<string, PackJson>);
  if (first === undefined) throw new Error(`npm pack said nothing of what it packed: ${text}`);
  return first;
}
