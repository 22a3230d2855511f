import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createReceiver } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { drawFace, MODEL_TABLE } from "@sameface/engine";
import sharp from "sharp";
import { readConfig } from "./config/read-config.ts";
import type { RunningServer } from "./main.ts";
import { statedRates } from "./policy/stated-rates.ts";
import { ServerError } from "./server-error.ts";
import { startServer } from "./start-server.ts";

const KEY = "a-key-of-a-test-0123456789abcdefgh";

describe("startServer", () => {
  let parent: string;
  before(async () => {
    parent = await mkdtemp(join(tmpdir(), "sameface-main-"));
  });
  after(async () => {
    await rm(parent, { recursive: true, force: true });
  });

  const start = async (env: Record<string, string>, writeLog?: (line: string) => void): Promise<RunningServer> => {
    const SAMEFACE_LOG_LEVEL = writeLog === undefined ? "silent" : "info";
    const read = readConfig({
      env: { SAMEFACE_PORT: "0", SAMEFACE_ENGINE_PROCESSES: "1", SAMEFACE_LOG_LEVEL, ...env },
      file: null,
    });
    assert.ok(read.ok, read.ok ? "" : read.line);
    return await startServer({ config: read.config, ...(writeLog === undefined ? {} : { writeLog }) });
  };
  const refusal = async (env: Record<string, string>): Promise<ServerError> => {
    try {
      await (await start(env)).close();
    } catch (fault) {
      assert.ok(fault instanceof ServerError);
      assert.doesNotMatch(fault.message, /\n/);
      return fault;
    }
    return assert.fail("it started");
  };

  it("answers at its address, shows the made key once, is closed twice without harm, and starts again on the same data", async () => {
    const data = join(parent, "twice");
    const first = await start({ SAMEFACE_DATA: data });
    assert.ok(first.adminKey !== null);
    const headers = { authorization: `Bearer ${first.adminKey}` };
    assert.equal((await fetch(`${first.url}/readyz`)).status, 200);
    assert.equal((await fetch(`${first.url}/v1/tenants`, { headers })).status, 200);
    assert.ok(first.notices.some((line) => line.includes(`${data}.key`)));
    await Promise.all([first.close(), first.close()]);
    await assert.rejects(fetch(first.url));
    const second = await start({ SAMEFACE_DATA: data });
    try {
      assert.equal(second.adminKey, null);
      assert.ok(!second.notices.some((line) => line.includes(".key")));
      assert.equal((await fetch(`${second.url}/v1/tenants`, { headers })).status, 200);
    } finally {
      await second.close();
    }
  });

  it("names what is opened or changed at every start", async () => {
    const server = await start({
      SAMEFACE_DATA: join(parent, "told"),
      SAMEFACE_ADMIN_KEY: KEY,
      SAMEFACE_ALLOWED_PRIVATE_NETWORKS: "127.0.0.0/8,10.1.0.0/16",
      SAMEFACE_RETRY_SCHEDULE: "1,2",
      SAMEFACE_ROLES: "api",
    });
    try {
      assert.equal(server.adminKey, null);
      const told = server.notices.join("\n");
      assert.match(told, /127\.0\.0\.0\/8, 10\.1\.0\.0\/16 \(SAMEFACE_ALLOWED_PRIVATE_NETWORKS\)/);
      assert.match(told, /1, 2 s, without jitter \(SAMEFACE_RETRY_SCHEDULE\)/);
      assert.match(told, /api only \(SAMEFACE_ROLES\)/);
      assert.ok(!told.includes(KEY));
    } finally {
      await server.close();
    }
  });

  it("serves only health and documents where the role api is not its own", async () => {
    const server = await start({
      SAMEFACE_DATA: join(parent, "delivery"),
      SAMEFACE_ROLES: "delivery",
      SAMEFACE_ADMIN_KEY: KEY,
    });
    try {
      assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
      const headers = { authorization: `Bearer ${KEY}` };
      assert.equal((await fetch(`${server.url}/v1/customers`, { headers })).status, 404);
    } finally {
      await server.close();
    }
  });

  it("refuses in one line a wrong master key, a taken folder, a taken port and a wrong network, and leaves nothing running", async () => {
    const data = join(parent, "refused");
    const one = Buffer.alloc(32, 1).toString("base64");
    const server = await start({ SAMEFACE_DATA: data, SAMEFACE_MASTER_KEY: one });
    const { message, code } = await refusal({ SAMEFACE_DATA: data, SAMEFACE_MASTER_KEY: one });
    assert.equal(code, "startFailed");
    assert.ok(message.includes(data), message);
    await server.close();
    const wrong = await refusal({ SAMEFACE_DATA: data, SAMEFACE_MASTER_KEY: Buffer.alloc(32, 2).toString("base64") });
    assert.match(wrong.message, /master key/);
    const blocker = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => blocker.once("listening", resolve));
    const address = blocker.address();
    assert.ok(typeof address === "object" && address !== null);
    const taken = await refusal({ SAMEFACE_DATA: data, SAMEFACE_MASTER_KEY: one, SAMEFACE_PORT: String(address.port) });
    assert.equal(taken.code, "portInUse");
    assert.match(taken.message, new RegExp(`${address.port}.*SAMEFACE_PORT`));
    blocker.close();
    const network = await refusal({
      SAMEFACE_DATA: join(parent, "never"),
      SAMEFACE_ALLOWED_PRIVATE_NETWORKS: "127.0.0.1/8",
    });
    assert.match(network.message, /^SAMEFACE_ALLOWED_PRIVATE_NETWORKS is "127\.0\.0\.1\/8"/);
    assert.equal(existsSync(join(parent, "never")), false);
    await (await start({ SAMEFACE_DATA: data, SAMEFACE_MASTER_KEY: one })).close();
  });

  it("asks for a new enrolment, and never passes, once another embedder is put in by engineModels", async () => {
    const data = join(parent, "embedder");
    const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };
    const drawn = async (take: number): Promise<string> => {
      const jpeg = sharp(Buffer.from(drawFace(1, { take }))).jpeg();
      return (await jpeg.toBuffer()).toString("base64");
    };
    const call = async (server: RunningServer, method: string, [path, body]: readonly [string, object?]) => {
      const answer = await fetch(`${server.url}${path}`, {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    const authenticate = ["/v1/authentications", { customerId: "anna", image: await drawn(1) }] as const;

    const first = await start({ SAMEFACE_DATA: data, SAMEFACE_ADMIN_KEY: KEY });
    await call(first, "PUT", ["/v1/policy", { liveness: { threshold: 0.01 } }]);
    const stated = async (server: RunningServer) => (await call(server, "GET", ["/v1/policy"])).body["stated"];
    assert.deepEqual(await stated(first), statedRates(0.55, { evaluated: true }));
    const enrolment = { image: await drawn(0), consent: { reference: "test" } };
    assert.equal((await call(first, "PUT", ["/v1/customers/anna", enrolment])).status, 201);
    await first.close();

    // The same file under another row: what it makes of a face has another name, so it is another embedder.
    const { embedder } = MODEL_TABLE;
    const file = fileURLToPath(new URL(`../models/${embedder.file}`, import.meta.resolve("@sameface/engine")));
    const row = { ...embedder, file, preprocessing: { ...embedder.preprocessing, id: "own" } };
    const rows = join(parent, "models.json");
    await writeFile(rows, JSON.stringify({ embedder: row }));
    const second = await start({ SAMEFACE_DATA: data, SAMEFACE_ADMIN_KEY: KEY, SAMEFACE_ENGINE_MODELS: rows });
    try {
      const { body: customer } = await call(second, "GET", ["/v1/customers/anna"]);
      assert.equal(customer["needsEnrolment"], true);
      assert.deepEqual(await stated(second), statedRates(0.55, { evaluated: false }));
      const { body: answer } = await call(second, "POST", authenticate);
      assert.equal(answer["reason"], "needsEnrolment", JSON.stringify(answer));
      assert.equal(answer["errorCode"], 9500);
    } finally {
      await second.close();
    }
    await writeFile(rows, JSON.stringify({ embedder: { ...row, bytes: "many" } }));
    const refused = await refusal({ SAMEFACE_DATA: data, SAMEFACE_ADMIN_KEY: KEY, SAMEFACE_ENGINE_MODELS: rows });
    assert.match(refused.message, /models\.json: embedder: "bytes"/);
  });

  it("changes its master key between two starts: what was sealed is used on, and the old key is needed no more", async () => {
    const data = join(parent, "rotated");
    const [old = "", fresh = ""] = [3, 4].map((byte) => Buffer.alloc(32, byte).toString("base64"));
    const env = { SAMEFACE_DATA: data, SAMEFACE_ADMIN_KEY: KEY, SAMEFACE_ALLOWED_PRIVATE_NETWORKS: "127.0.0.0/8" };
    const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };
    const receiver = createReceiver((request, response) => {
      response.writeHead(204).end();
      receiver.emit("received", request.headers);
    }).listen(0, "127.0.0.1");
    await once(receiver, "listening");
    const { port } = receiver.address() as AddressInfo;
    const send = async (server: RunningServer, path: string, body: object): Promise<Record<string, unknown>> => {
      const answer = await fetch(`${server.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
      return (await answer.json()) as Record<string, unknown>;
    };

    const first = await start({ ...env, SAMEFACE_MASTER_KEY: old });
    const made = { url: `http://127.0.0.1:${port}/`, headers: { "x-own": "own" } };
    const { id } = await send(first, "/v1/endpoints", made);
    await first.close();
    assert.match((await refusal({ ...env, SAMEFACE_MASTER_KEY: fresh })).message, /SAMEFACE_PREVIOUS_MASTER_KEY/);

    const moved = Promise.withResolvers<string>();
    const both = { ...env, SAMEFACE_MASTER_KEY: fresh, SAMEFACE_PREVIOUS_MASTER_KEY: old };
    const second = await start(both, (line) => {
      if (line.includes("all is under the master key")) moved.resolve(line);
    });
    assert.match(second.notices.join("\n"), /from the previous master key/);
    assert.equal((JSON.parse(await moved.promise) as { count: number }).count, 3);
    await second.close();

    const third = await start({ ...env, SAMEFACE_MASTER_KEY: fresh });
    const [[received]] = (await Promise.all([
      once(receiver, "received"),
      send(third, `/v1/endpoints/${String(id)}/test`, { sample: "passed" }),
    ])) as [[Record<string, string>], unknown];
    await third.close();
    receiver.close();
    assert.equal(received["x-own"], "own");
    assert.match(received["webhook-signature"] ?? "", /^v1,\S+ v1a,/);
    assert.match((await refusal({ ...env, SAMEFACE_MASTER_KEY: old })).message, /another master key/);
  });
});
