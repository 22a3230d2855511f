// The lockfile serves every platform: each optional package that a locked one names is locked too, with its hash.
// npm leaves out what the registry of the day lacks; newer npm then refuses to install at all.
import { readFileSync } from "node:fs";
import { ROOT } from "./root.ts";

interface Locked {
  readonly integrity?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

// npm writes this file; its shape is npm's own (lockfileVersion 3).
const { packages } = JSON.parse(readFileSync(`${ROOT}package-lock.json`, "utf8")) as {
  readonly packages: Readonly<Record<string, Locked>>;
};

const complaints = Object.entries(packages).flatMap(([path, locked]) => {
  const ours = path === "" || !path.includes("node_modules/");
  const unhashed = !ours && locked.link !== true && locked.integrity === undefined ? [`${path}: no integrity`] : [];
  const absent = Object.keys(locked.optionalDependencies ?? {})
    .filter((name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages))
    .map((name) => `${path}: ${name} is not locked: choose a version whose packages for all platforms can be had`);
  return [...unhashed, ...absent];
});
for (const complaint of complaints) process.stdout.write(`${complaint}\n`);
process.stdout.write(`${Object.keys(packages).length} locked, ${complaints.length} complaints\n`);
process.exitCode = complaints.length === 0 ? 0 : 1;
