import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, it } from "node:test";
import pg from "pg";
import { type PostgresCluster, startPostgresCluster } from "../support/postgres-cluster.ts";
import { startRecordingReceiver } from "../support/recording-receiver.ts";
import { type ServerProcess, startServerProcess, temporaryFolder } from "../support/server-process.ts";

const REPOSITORY = path.resolve(import.meta.dirname, "../..");
const KEY = "root-key-of-a-test-0123456789abcdef";

const urlAs = ({ url }: PostgresCluster, user: string): string => url.replace(/\/\/[^@]*@/, `//${user}@`);

/** `sameface migrate` as the owner. */
function migrate(url: string): string {
  const main = path.join(REPOSITORY, "packages/cli/src/main.ts");
  const env = { PATH: process.env["PATH"] ?? "", SAMEFACE_DATABASE_URL: url };
  const args = ["--conditions=@sameface/source", main, "migrate"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout;
}

async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 100));
}

describe("nodes with a role of the database each (S33)", () => {
  const started: ServerProcess[] = [];
  const clusters: PostgresCluster[] = [];
  afterEach(async () => {
    for (const server of started.splice(0)) await server.stop("SIGKILL");
    for (const cluster of clusters.splice(0)) await cluster.close();
  });

  it("authenticate, deliver, replay, sweep and erase with the rights of deploy/postgres/roles.sql, and no others", {
    timeout: 180_000,
  }, async () => {
    await using folder = await temporaryFolder();
    const cluster = await startPostgresCluster();
    clusters.push(cluster);
    const owner = new pg.Client({ connectionString: cluster.url });
    await owner.connect();
    for (const role of ["api", "delivery", "sweeper"]) await owner.query(`create role node_${role} login`);
    const start = async (name: "api" | "delivery", env: Readonly<Record<string, string>>): Promise<ServerProcess> => {
      const database = { SAMEFACE_DATABASE_URL: urlAs(cluster, `node_${name}`), SAMEFACE_ROLES: name };
      const server = await startServerProcess({
        folder: `${folder.path}-${name}`,
        key: KEY,
        env: { ...database, ...env },
      });
      started.push(server);
      return server;
    };
    const master = { SAMEFACE_MASTER_KEY: Buffer.alloc(32, 7).toString("base64") };
    await assert.rejects(start("api", master), /lacks \d+ steps of its schema .* run `sameface migrate`/);
    assert.match(migrate(cluster.url), /^Applied 0001-/);
    assert.match(migrate(cluster.url), /up to date/);
    await owner.query(readFileSync(path.join(REPOSITORY, "deploy/postgres/roles.sql"), "utf8"));
    for (const role of ["api", "delivery", "sweeper"]) await owner.query(`grant sameface_${role} to node_${role}`);

    const api = await start("api", master);
    const sweeping = { ...master, SAMEFACE_SWEEPER_DATABASE_URL: urlAs(cluster, "node_sweeper") };
    const delivery = await start("delivery", sweeping);
    const receiver = await startRecordingReceiver();
    const call = async (method: string, target: string, body?: unknown): Promise<Record<string, unknown>> => {
      const answer = await api.call(target, { method, ...(body === undefined ? {} : { body }) });
      assert.ok(answer.status < 300, `${method} ${target}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body;
    };
    const endpoint = await call("POST", "/v1/endpoints", { url: receiver.url });
    await call("POST", "/v1/endpoints", { url: receiver.url, operator: true });
    const gone = await call("POST", "/v1/endpoints", { url: "http://127.0.0.1:9000/" });
    const attempt = { customerId: "nobody", image: "AAAA", source: "10.0.0.1" };
    await call("POST", "/v1/authentications", attempt);
    await receiver.until((requests) => requests.length >= 1);
    await call("POST", `/v1/endpoints/${String(endpoint["id"])}/rotate-secret`, {});
    await call("POST", `/v1/endpoints/${String(endpoint["id"])}/test`, { sample: "passed" });
    const range = { endpointId: endpoint["id"], since: "2020-01-01T00:00:00Z", which: "all" };
    await call("POST", "/v1/replays", range);
    // The test, and the event once more.
    await receiver.until((requests) => requests.filter((one) => !one.body.includes("replay.finished")).length >= 3);
    await call("DELETE", `/v1/endpoints/${String(gone["id"])}`);
    await call("PUT", "/v1/policy", { retention: { pictureDays: 1 }, replayedPictures: "all" });
    await call("PUT", "/v1/tenants/default/quotas", { customers: 10 });
    const made = await call("POST", "/v1/keys", { name: "k", scopes: ["events:read", "metrics:read"] });
    const scraped = await fetch(new URL("/metrics", delivery.url), {
      headers: { authorization: `Bearer ${String(made["key"])}` },
    });
    assert.equal(scraped.status, 200);
    await call("DELETE", `/v1/keys/${String(made["id"])}`);
    await call("POST", "/v1/tenants", { name: "other" });
    const stream = await call("POST", "/v1/streams", { name: "mine" });
    await call("DELETE", `/v1/endpoints/${String(stream["id"])}`);
    const capture = await call("POST", "/v1/capture-sessions", { customerId: "nobody", purpose: "authenticate" });
    await call("DELETE", `/v1/capture-sessions/${String(capture["id"])}`);
    await call("DELETE", "/v1/customers/nobody");
    for (const list of ["customers", "authentications", "events", "deliveries", "endpoints", "audit", "overview"]) {
      await call("GET", `/v1/${list}`);
    }

    // Long ago, by a hand that may: what is old is swept, and whom nobody has seen is erased.
    await call("POST", "/v1/authentications", { ...attempt, customerId: "old" });
    await receiver.until((requests) => requests.some((one) => one.body.includes('"old"')));
    await until(async () => (await call("GET", "/v1/deliveries?status=inFlight"))["items"]?.toString() === "");
    await delivery.stop();
    await owner.query("update events set created_at_ms = 0; update deliveries set updated_at_ms = 0");
    await owner.query(`insert into customers (tenant_id, customer_id, subject, revision, consent_reference, consent_at_ms,
      created_at_ms, enrolled_at_ms) values ('default', 'lost', 'subject', 'r', 'c', 0, 0, 0)`);
    const again = await start("delivery", sweeping);
    const count = async (table: string): Promise<number> => {
      const { rows } = await owner.query<{ n: string }>(`select count(*) as n from ${table}`);
      return Number(rows[0]?.n);
    };
    await until(async () => (await count("events")) === 0 && (await count("customers")) === 0);
    assert.ok((await count("tombstones where subject = 'subject'")) === 1);
    assert.equal(await count("delivery_attempts"), 0, "they go with their deliveries, by the sweeper's own right");
    for (const server of [api, delivery, again]) {
      const loud = server.output.filter(
        (line) => /"level":"(error|warn)"/.test(line) && !line.includes("connectionRefused"),
      );
      assert.deepEqual(loud, [], "a right that is missing is told in the log");
    }
    for (const [role, statement] of [
      ["delivery", "select * from templates"],
      ["delivery", "select * from pictures"],
      ["sweeper", "select * from endpoint_secrets"],
      ["api", "delete from audit"],
      ["api", "update audit set actor = 'nobody'"],
      ["sweeper", "delete from tombstones"],
      ["api", "drop table audit"],
    ] as const) {
      const client = new pg.Client({ connectionString: urlAs(cluster, `node_${role}`) });
      await client.connect();
      await assert.rejects(client.query(statement), { code: "42501" }, `${role}: ${statement}`);
      await client.end();
    }
    await Promise.all([api.stop(), again.stop()]);
    await receiver.close();
    await owner.end();
  });
});
