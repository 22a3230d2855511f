import { readFileSync } from "node:fs";
import { ROOT } from "./root.ts";

/** What the tools read of a `package.json`. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** @param folder from the root, for example `packages/receiver` */
export function readManifest(folder: string): Manifest {
  // npm itself has refused a manifest of another shape before any tool runs.
  return JSON.parse(readFileSync(`${ROOT}${folder}/package.json`, "utf8")) as Manifest;
}
