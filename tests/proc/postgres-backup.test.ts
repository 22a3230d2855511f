import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { describe, it } from "node:test";
import { startPostgresCluster } from "../support/postgres-cluster.ts";
import { drawnPicture } from "../support/seeded-server.ts";
import { type ServerProcess, startServerProcess, temporaryFolder } from "../support/server-process.ts";

const CLI = path.resolve(import.meta.dirname, "../../packages/cli/src/main.ts");
const KEY = "backup-test-key-backup-test-key-backup-test";
const MASTER_KEY = Buffer.alloc(32, 4).toString("base64");

/** Answers nothing until it is told to; keeps the ids of all requests. */
async function startReceiver() {
  const ids: string[] = [];
  const state = { answers: false };
  const server = createServer((request, response) => {
    ids.push(String(request.headers["webhook-id"]));
    request.resume();
    if (state.answers) response.writeHead(204).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    ids,
    state,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function until(what: () => boolean): Promise<void> {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function enrol(node: ServerProcess, customerId: string, person: number): Promise<void> {
  const body = { image: await drawnPicture({ person, take: 0 }), consent: { reference: "form 7" } };
  assert.equal((await node.call(`/v1/customers/${customerId}`, { method: "PUT", body })).status, 201);
}

describe("a dump of PostgreSQL, made and restored by its own tools (F46)", () => {
  it("brings back all but whom was erased since, and sends again under the same id what was in flight", {
    timeout: 240_000,
  }, async () => {
    await using folder = await temporaryFolder();
    const cluster = await startPostgresCluster();
    const receiver = await startReceiver();
    const env = { SAMEFACE_DATABASE_URL: cluster.url, SAMEFACE_MASTER_KEY: MASTER_KEY };
    const cli = async (...args: readonly string[]): Promise<{ code: number | null; said: string }> => {
      const child = spawn(process.execPath, ["--conditions=@sameface/source", CLI, ...args], {
        env: { PATH: process.env["PATH"] ?? "", SAMEFACE_DATA: folder.path, ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let said = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (said += text.toString()));
      const [code] = (await once(child, "close")) as [number | null];
      return { code, said };
    };
    const start = async (): Promise<ServerProcess> => await startServerProcess({ folder: folder.path, key: KEY, env });
    const dump = `${folder.path}.dump`;

    const node = await start();
    assert.equal((await node.call("/v1/endpoints", { method: "POST", body: { url: receiver.url } })).status, 201);
    await enrol(node, "ann", 12);
    await enrol(node, "ben", 12);
    const image = await drawnPicture({ person: 12, take: 1 });
    const sent = await node.call("/v1/authentications", { method: "POST", body: { customerId: "ben", image } });
    assert.equal(sent.body["outcome"], "passed");
    await until(() => receiver.ids.length === 1);
    assert.equal((await cli("backup", dump)).code, 0);
    assert.equal((await node.call("/v1/customers/ann", { method: "DELETE" })).status, 200);
    const early = await cli("restore", dump, "--replace");
    assert.ok(early.code !== 0 && early.said.includes("stop all nodes"), early.said);
    await node.stop();

    assert.match((await cli("restore", dump)).said, /--replace/);
    const restored = await cli("restore", dump, "--replace", "--json");
    assert.equal(restored.code, 0, restored.said);
    assert.match(restored.said, /"erasedAgain":\s*1/);
    receiver.state.answers = true;
    const before = receiver.ids.length;
    const again = await start();
    assert.equal((await again.call("/v1/customers/ann")).status, 404);
    assert.equal((await again.call("/v1/customers/ben")).status, 200);
    await until(() => receiver.ids.length > before);
    assert.deepEqual([...new Set(receiver.ids)], [sent.body["eventId"]]);
    assert.equal(Number(cluster.sql("select count(*) from templates")), 1);
    await again.stop();
    receiver.close();
    await cluster.close();
  });
});
