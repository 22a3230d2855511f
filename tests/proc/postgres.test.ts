import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { type PostgresCluster, startPostgresCluster } from "../support/postgres-cluster.ts";
import { startRecordingReceiver } from "../support/recording-receiver.ts";
import { type ServerProcess, startServerProcess, temporaryFolder } from "../support/server-process.ts";

const KEY = "postgres-test-key-postgres-test-key-postgres";
const MASTER_KEY = Buffer.alloc(32, 7).toString("base64");
const LEASE_MS = 30_000;

const startNode = async (
  cluster: PostgresCluster,
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> =>
  await startServerProcess({
    folder,
    key: KEY,
    env: { SAMEFACE_DATABASE_URL: cluster.url, SAMEFACE_MASTER_KEY: MASTER_KEY, ...env },
  });

const authenticate = async (node: ServerProcess, name: string) =>
  await node.call("/v1/authentications", { method: "POST", body: { customerId: name, image: "AAAA" } });

/** Waits for an event of another process: asks again until it has come. */
async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 100));
}

const status = async (node: ServerProcess, path: string): Promise<number> => (await node.call(path)).status;

/** Holds the first request of each id and acknowledges every later one; `answerHeld` answers what is held with 500. */
async function startHoldingReceiver() {
  const held: ServerResponse[] = [];
  const seen: { readonly id: string; readonly atMs: number }[] = [];
  const server = createServer((request, response) => {
    const id = String(request.headers["webhook-id"]);
    const first = seen.every((one) => one.id !== id);
    seen.push({ id, atMs: performance.now() });
    request.resume();
    if (first) held.push(response);
    else response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    seen,
    answerHeld: () => {
      for (const response of held) response.writeHead(500).end();
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe("server processes over one PostgreSQL", () => {
  it("loses nothing acknowledged when PostgreSQL is stopped at once and restarted under load, and delivers within 10 s", {
    timeout: 120_000,
  }, async () => {
    await using folder = await temporaryFolder();
    const cluster = await startPostgresCluster();
    const receiver = await startRecordingReceiver();
    const node = await startNode(cluster, folder.path);
    assert.equal((await node.call("/v1/endpoints", { method: "POST", body: { url: receiver.url } })).status, 201);
    const acknowledged: string[] = [];
    const refused: number[] = [];
    const stream = { ended: false };
    const caller = async (name: number): Promise<void> => {
      for (let n = 0; !stream.ended; n += 1) {
        const answer = await authenticate(node, `nobody-${name}-${n}`);
        if (answer.status === 200) acknowledged.push(String(answer.body["eventId"]));
        else {
          refused.push(answer.status);
          assert.notEqual(answer.headers.get("retry-after"), null);
        }
      }
    };
    const callers = Promise.all([0, 1, 2, 3].map(caller));
    await receiver.until((requests) => requests.length >= 20);
    await cluster.stop("immediate");
    await until(async () => (await status(node, "/readyz")) === 503);
    assert.equal(await status(node, "/healthz"), 200);
    await until(async () => await Promise.resolve(refused.length > 0));
    const before = receiver.requests.length;
    await cluster.start();
    const backMs = performance.now();
    await receiver.until((requests) => requests.length > before);
    const firstMs = performance.now() - backMs;
    await until(async () => (await status(node, "/readyz")) === 200);
    stream.ended = true;
    await callers;
    await receiver.until((requests) => {
      const ids = new Set(requests.map((request) => request.id));
      return acknowledged.every((id) => ids.has(id));
    });
    console.log(`${acknowledged.length} acknowledged, ${refused.length} refused, first delivery after ${firstMs} ms`);
    assert.ok(firstMs <= 10_000, `the first delivery came ${firstMs} ms after PostgreSQL`);
    assert.deepEqual([...new Set(refused)], [503]);
    await node.stop();
    await receiver.close();
    await cluster.close();
  });

  it("takes over after 30 s what a killed and a stopped sender held, and refuses the late result of the one that goes on", {
    timeout: 180_000,
  }, async () => {
    await using folder = await temporaryFolder();
    const cluster = await startPostgresCluster();
    const receiver = await startHoldingReceiver();
    const api = await startNode(cluster, folder.path, { SAMEFACE_ROLES: "api" });
    const endpoint = await api.call("/v1/endpoints", { method: "POST", body: { url: receiver.url } });
    assert.equal(endpoint.status, 201);
    const sender = { SAMEFACE_ROLES: "delivery" };
    const killed = await startNode(cluster, folder.path, sender);
    assert.equal((await authenticate(api, "first")).status, 200);
    await until(async () => await Promise.resolve(receiver.seen.length === 1));
    await killed.stop("SIGKILL");
    const stopped = await startNode(cluster, folder.path, sender);
    assert.equal((await authenticate(api, "second")).status, 200);
    await until(async () => await Promise.resolve(receiver.seen.length === 2));
    stopped.process.kill("SIGSTOP");
    const heir = await startNode(cluster, folder.path, sender);
    await until(async () => await Promise.resolve(receiver.seen.length === 4));
    const ids = [...new Set(receiver.seen.map((one) => one.id))];
    for (const id of ids) {
      const [first, second] = receiver.seen.filter((one) => one.id === id);
      const waitedMs = (second?.atMs ?? 0) - (first?.atMs ?? 0);
      console.log(`taken over after ${waitedMs} ms`);
      // The lease began a moment before the first request came, and the poll comes once a second.
      assert.ok(waitedMs > LEASE_MS - 3_000 && waitedMs < LEASE_MS + 5_000, `taken over after ${waitedMs} ms`);
    }
    const deliveries = async () => (await api.call("/v1/deliveries")).body["items"] as { status: string; id: string }[];
    await until(async () => (await deliveries()).every((one) => one.status === "delivered"));
    const before = await Promise.all(
      (await deliveries()).map(async ({ id }) => await api.call(`/v1/deliveries/${id}`)),
    );
    // Stopped for twice its lease in all; its exchange has failed meanwhile, and it says so.
    await new Promise((resolve) => setTimeout(resolve, LEASE_MS));
    stopped.process.kill("SIGCONT");
    receiver.answerHeld();
    await until(async () => await Promise.resolve(stopped.output.some((line) => line.includes("stale"))));
    const after = await Promise.all((await deliveries()).map(async ({ id }) => await api.call(`/v1/deliveries/${id}`)));
    assert.deepEqual(
      after.map((one) => one.body),
      before.map((one) => one.body),
    );
    await Promise.all([api, stopped, heir].map(async (node) => await node.stop()));
    receiver.close();
    await cluster.close();
  });
});
