// One line: which Node serves npm scripts here, and the mend where none can.
// Plain JavaScript, since the Node that is too old does not run TypeScript.
import { createRequire } from "node:module";
import { dirname, sep } from "node:path";

const WANTED = 24;
const own = `node-${process.platform}-${process.arch}`;

/** Where the per-platform package of Node stands; `null` where npm has none for this platform or it was left out. */
function ownFolder() {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${own}/package.json`));
  } catch {
    return null;
  }
}

function judge() {
  const folder = ownFolder();
  const version = `Node ${process.versions.node}`;
  const major = Number(process.versions.node.split(".")[0]);
  if (folder !== null && process.execPath.startsWith(folder + sep))
    return { ok: true, line: `${version} from the package ${own}` };
  if (major >= WANTED) return { ok: true, line: `${version} of this host (the package ${own} is not in use)` };
  const mend =
    folder === null
      ? `npm has no ${own}, or it was left out: install Node ${WANTED} or newer, or install without --omit=optional`
      : "run it through npm (npm run …), which puts the package first";
  return { ok: false, line: `${version} is too old, ${WANTED} or newer is needed: ${mend}` };
}

const { ok, line } = judge();
process.stdout.write(`${line}\n`);
process.exitCode = ok ? 0 : 1;
