import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";

const folder = new URL("../payloads/", import.meta.url);

/** Names of all golden bodies. */
export const GOLDEN_NAMES: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => basename(file, ".json"));

/** A golden body as written. */
export function goldenText(name: string): string {
  return readFileSync(new URL(`${name}.json`, folder), "utf8");
}

/** A golden body, parsed. */
export function golden(name: string): Readonly<Record<string, unknown>> {
  return JSON.parse(goldenText(name)) as Readonly<Record<string, unknown>>;
}
