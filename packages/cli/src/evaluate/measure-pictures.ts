import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Engine, Inspection } from "@sameface/engine";
import { CliError } from "../cli-error.ts";

/** What the engine said of each picture, by its path, and one hash over them all. */
export interface MeasuredPictures {
  readonly byPath: ReadonlyMap<string, Inspection>;
  /** Lower-case hex over path and sha256 of each picture, in the order of the paths. */
  readonly sha256: string;
}

/**
 * Inspects every picture once, one after the other, so that the times are those of a quiet engine.
 * @throws {CliError} `usage`: a file cannot be read
 */
export async function measurePictures(
  paths: readonly string[],
  options: {
    readonly folder: string;
    readonly engine: Pick<Engine, "inspect">;
    readonly progress: (done: number, all: number) => void;
  },
): Promise<MeasuredPictures> {
  const byPath = new Map<string, Inspection>();
  const hash = createHash("sha256");
  const distinct = [...new Set(paths)].toSorted();
  for (const path of distinct) {
    const bytes = await readFile(join(options.folder, path)).catch((cause: unknown) => {
      throw new CliError("usage", `labels.csv names ${path}, which cannot be read`, { cause });
    });
    const inspection = await options.engine.inspect(bytes);
    byPath.set(path, inspection);
    hash.update(`${path} ${inspection.image.sha256}\n`);
    options.progress(byPath.size, distinct.length);
  }
  return { byPath, sha256: hash.digest("hex") };
}
