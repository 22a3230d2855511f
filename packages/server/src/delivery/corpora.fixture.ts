import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** A row of the SSRF corpus. @see the README beside it */
export interface SsrfRow {
  readonly input: string;
  readonly kind: "url" | "address" | "name";
  readonly expect: "refuse" | "allow";
  readonly why: string;
  /** Kind `name`: what a stub resolver answers at registration, then at connect. */
  readonly answers?: readonly [readonly string[], readonly string[]];
}

const repository = fileURLToPath(new URL("../../../../", import.meta.url));
const corpora = resolve(repository, process.env["SAMEFACE_TEST_DATA"] ?? "../shared/data", "corpora");
const ssrf = resolve(corpora, "ssrf/ssrf.json");

/** All rows of one kind; `null` when the corpora are not at hand, which CI does not forgive. */
export function readSsrfRows(kind: SsrfRow["kind"]): readonly SsrfRow[] | null {
  if (!existsSync(ssrf)) {
    if (process.env["CI"] === "true") throw new Error(`CI needs the corpora: ${ssrf} is missing`);
    return null;
  }
  // The corpus is checked by its own SHA256SUMS; its shape is stated in its README.
  const rows = JSON.parse(readFileSync(ssrf, "utf8")) as readonly SsrfRow[];
  return rows.filter((row) => row.kind === kind);
}
