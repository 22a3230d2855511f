import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../../../", import.meta.url));

/** A folder of the test corpora, which stand outside of the repository. */
export interface Corpus {
  readonly folder: string;
  /** For `it`: names the missing cases. `false` when they are there, and in CI, where the test then fails by reading. */
  readonly skip: string | false;
}

/** Looks for `corpora/<name>`; a missing one is printed with its number of cases. */
export function corpus(name: string, cases: number): Corpus {
  const folder = resolve(repository, process.env["SAMEFACE_TEST_DATA"] ?? "../shared/data", "corpora", name);
  const missing = existsSync(folder) ? false : `corpora/${name} missing, ${cases} cases`;
  if (missing !== false) console.log(`skipped: ${missing}`);
  return { folder, skip: process.env["CI"] === "true" ? false : missing };
}
