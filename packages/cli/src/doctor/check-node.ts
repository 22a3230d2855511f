import { type Finding, ill, well } from "./finding.ts";

/** The product runs on Node 24 or newer. */
export function checkNode(version: string): Finding {
  const major = Number(version.split(".")[0]);
  return major >= 24
    ? well("node", version)
    : ill("node", version, 'Install Node 24 or newer, or run by "npx sameface", which brings its own.');
}
