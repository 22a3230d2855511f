import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { startPostgresCluster } from "../support/postgres-cluster.ts";
import { startServerProcess, temporaryFolder } from "../support/server-process.ts";

const BLOCKED_MS = 2_000;
const PROBE_MS = 1_000;
/** Blocks the whole event loop when it gets SIGUSR2, and says so before and after. */
const BLOCKER = `data:text/javascript,
  process.on("SIGUSR2", () => {
    process.stdout.write("blocked\\n");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${BLOCKED_MS});
  });`;

/** Keeps every request until it is told to acknowledge them; later ones are acknowledged at once. */
async function startHoldingReceiver() {
  const held: ServerResponse[] = [];
  const ids: string[] = [];
  const state = { holds: true };
  const server = createServer((request, response) => {
    ids.push(String(request.headers["webhook-id"]));
    request.resume();
    if (state.holds) held.push(response);
    else response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    ids,
    acknowledge: () => {
      state.holds = false;
      for (const response of held) response.writeHead(204).end();
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 50));
}

describe("a node whose event loop is blocked for two seconds", () => {
  it("is not healthy meanwhile, is again after it, and loses no delivery in flight to the other node", {
    timeout: 90_000,
  }, async () => {
    await using folder = await temporaryFolder();
    const cluster = await startPostgresCluster();
    const receiver = await startHoldingReceiver();
    const key = "blocked-loop-key-blocked-loop-key-blocked";
    const env = {
      SAMEFACE_DATABASE_URL: cluster.url,
      SAMEFACE_MASTER_KEY: Buffer.alloc(32, 7).toString("base64"),
      NODE_OPTIONS: `--import "${BLOCKER.replaceAll("\n", "").replaceAll(/[\\"]/g, "\\$&")}"`,
    };
    const node = await startServerProcess({ folder: folder.path, key, env });
    assert.equal((await node.call("/v1/endpoints", { method: "POST", body: { url: receiver.url } })).status, 201);
    const body = { customerId: "nobody", image: "AAAA" };
    for (let n = 0; n < 10; n += 1) await node.call("/v1/authentications", { method: "POST", body });
    // The first of an endpoint goes alone until it has succeeded: it is in flight.
    await until(() => receiver.ids.length > 0);
    const other = await startServerProcess({ folder: folder.path, key, env: { ...env, SAMEFACE_ROLES: "delivery" } });

    node.process.kill("SIGUSR2");
    await until(() => node.output.includes("blocked"));
    const startedMs = performance.now();
    await assert.rejects(fetch(`${node.url}/healthz`, { signal: AbortSignal.timeout(PROBE_MS) }), {
      name: "TimeoutError",
    });
    assert.equal((await node.call("/healthz")).status, 200);
    assert.ok(performance.now() - startedMs >= BLOCKED_MS - PROBE_MS / 2, "it was blocked");
    assert.equal((await node.call("/readyz")).status, 200);
    assert.equal((await other.call("/healthz")).status, 200);
    // What the other node would take over it would have by now: it looks once a second.
    receiver.acknowledge();
    const delivered = async () => (await node.call("/v1/deliveries?status=delivered")).body["items"] as unknown[];
    await until(async () => (await delivered()).length === 10);
    assert.equal(receiver.ids.length, 10);
    assert.equal(new Set(receiver.ids).size, 10);
    for (const { output } of [node, other]) assert.ok(!output.some((line) => line.includes("stale")));

    await Promise.all([node, other].map(async (one) => await one.stop()));
    receiver.close();
    await cluster.close();
  });
});
