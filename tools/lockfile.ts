// The lockfile serves every platform, holds a hash for all that others publish, and brings no install script unseen.
import { readFileSync } from "node:fs";
import { type Decided, judgeLockfile, type Locked } from "./judge-lockfile.ts";
import { ROOT } from "./root.ts";

// npm writes and reads these two; their shapes are npm's own (lockfileVersion 3).
const { packages } = JSON.parse(readFileSync(`${ROOT}package-lock.json`, "utf8")) as {
  readonly packages: Readonly<Record<string, Locked>>;
};
const { allowScripts = {} } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")) as {
  readonly allowScripts?: Decided;
};

const complaints = judgeLockfile(packages, allowScripts);
for (const complaint of complaints) process.stdout.write(`${complaint}\n`);
process.stdout.write(`${Object.keys(packages).length} locked, ${complaints.length} complaints\n`);
process.exitCode = complaints.length === 0 ? 0 : 1;
