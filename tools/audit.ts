// npm run check -- --only audit: known advisories against what is installed, with a written exception file.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { type AuditException, judgeAudit, type Vulnerable } from "./judge-audit.ts";
import { ROOT } from "./root.ts";

/** What npm prints: a report, or why there is none. */
interface Printed {
  readonly vulnerabilities?: Readonly<Record<string, Vulnerable>>;
  readonly message?: string;
}

function report(): Printed {
  const { stdout } = spawnSync("npm", ["audit", "--json"], { cwd: ROOT, encoding: "utf8" });
  try {
    return JSON.parse(stdout) as Printed;
  } catch {
    return { message: "npm audit printed no report" };
  }
}

const exceptions = JSON.parse(readFileSync(`${ROOT}tools/audit-exceptions.json`, "utf8")) as readonly AuditException[];
const { vulnerabilities, message = "no report" } = report();
if (vulnerabilities === undefined) {
  // A mirror that has no advisories must not stop the work; where they can be asked for, they are.
  const [why = ""] = message.split(" - ");
  process.stdout.write(`audit: skipped, the registry answers no advisories (${why})\n`);
} else {
  const complaints = judgeAudit(vulnerabilities, exceptions, new Date().toISOString().slice(0, 10));
  for (const complaint of complaints) process.stdout.write(`${complaint}\n`);
  process.stdout.write(`audit: ${exceptions.length} exceptions, ${complaints.length} complaints\n`);
  process.exitCode = complaints.length === 0 ? 0 : 1;
}
