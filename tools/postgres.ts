// npm run postgres -- COMMAND…: runs a command with SAMEFACE_TEST_POSTGRES_URL naming a throw-away PostgreSQL.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { startPostgresCluster } from "../tests/support/postgres-cluster.ts";

const [command, ...args] = process.argv.slice(2);
if (command === undefined) {
  process.stderr.write("npm run postgres -- COMMAND…, for example: npm run postgres -- npm run lane -- store\n");
  process.exit(2);
}
const cluster = await startPostgresCluster();
const env = { ...process.env, SAMEFACE_TEST_POSTGRES_URL: cluster.url };
const child = spawn(command, args, { env, stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
// A command that can't be started ends the same way as one that fails: the cluster is stopped.
const [code] = (await once(child, "exit").catch(() => [127])) as [number | null];
await cluster.close();
process.exitCode = code ?? 1;
