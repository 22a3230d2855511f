import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { StoreError } from "../store/store-error.ts";
import { picture } from "./scripted-engine.fixture.ts";
import { startTestServer, type TestServer } from "./test-server.fixture.ts";

const CANARY = "canary7f3a9c";

function everyByteOf(folder: string): Buffer {
  return Buffer.concat(
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => read(join(folder, name))),
  );
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0); // a folder
  }
}

async function touchEverything(server: TestServer): Promise<string[]> {
  const answers: string[] = [];
  const call = async (path: string, request: Parameters<TestServer["call"]>[1] = {}): Promise<void> => {
    answers.push((await server.call(path, request)).text);
  };
  const image = picture({ face: CANARY }).toString("base64");
  const again = picture({ face: CANARY, shot: 2 }).toString("base64");
  const headers = { "x-note": `${CANARY}\t`, cookie: CANARY, referer: CANARY, "user-agent": CANARY };
  await call(`/v1/customers/${CANARY}`, { method: "PUT", body: { image, consent: { reference: CANARY } }, headers });
  await call("/v1/authentications", {
    method: "POST",
    body: { customerId: CANARY, image: again, source: CANARY },
    headers,
  });
  await call("/v1/authentications", { method: "POST", body: { customerId: CANARY, image: `${CANARY}%`, [CANARY]: 1 } });
  await call("/v1/authentications", {
    method: "POST",
    body: `{"${CANARY}`,
    headers: { "content-type": "application/json" },
  });
  await call(`/v1/customers?after=${CANARY}`, { headers: { authorization: `Bearer ${CANARY}` } });
  await call(`/v1/customers?${CANARY}=1`);
  await call(`/${CANARY}?key=${CANARY}`);
  await call(`/v1/customers/${CANARY}/block`, { method: "PUT", body: { reason: `${CANARY}\r\nlevel: error` } });
  const own = { authorization: CANARY };
  await call("/v1/endpoints", { method: "POST", body: { url: `http://127.0.0.1:4999/${CANARY}`, headers: own } });
  await call("/v1/endpoints", { method: "POST", body: { url: `http://${CANARY}.example/` } });
  await call("/v1/keys", { method: "POST", body: { name: CANARY, scopes: ["events:read"] } });
  await call("/v1/authentications/verify", { method: "POST", body: { transactionId: CANARY } });
  return answers;
}

describe("what the server keeps to itself", () => {
  it("logs no token, header, body, query, path or id of a request: a canary through every field reaches no line", async () => {
    const server = await startTestServer();
    try {
      await touchEverything(server);
      assert.ok(server.logLines.length >= 12);
      for (const line of server.logLines) {
        assert.doesNotMatch(line, new RegExp(CANARY));
        assert.ok(!line.includes(server.key));
        assert.equal(line.indexOf("\n"), line.length - 1, "one entry, one line");
      }
    } finally {
      await server.close();
    }
  });

  it("writes no picture to the disk, neither as bytes nor as base64, and no key or own header in clear", async () => {
    const server = await startTestServer();
    try {
      const bytes = picture({ face: `${CANARY}-picture` });
      const body = { image: bytes.toString("base64"), consent: { reference: "r" } };
      await server.call("/v1/customers/anna", { method: "PUT", body });
      const made = await server.call("/v1/endpoints", {
        method: "POST",
        body: { url: "http://127.0.0.1:4999/x", headers: { "x-secret": `${CANARY}-header` } },
      });
      const key = await server.call("/v1/keys", { method: "POST", body: { name: "k", scopes: ["events:read"] } });
      for (let shot = 0; shot < 20; shot += 1) await server.authenticate("anna", { face: `${CANARY}-picture`, shot });
      const disk = everyByteOf(join(server.folder, ".."));
      const secrets = [`${CANARY}-picture`, bytes.toString("base64").slice(0, 24), `${CANARY}-header`, server.key];
      for (const text of [...secrets, String(made.body["secret"]), String(key.body["key"])]) {
        assert.equal(disk.includes(text), false, text);
      }
      assert.ok(disk.includes("anna"), "the search would find what is there");
    } finally {
      await server.close();
    }
  });

  it("tells nothing of its inside when a part fails: no stack, no SQL, no path, a stable code and an id", async () => {
    const secret = `SELECT * FROM ${CANARY} at /srv/secret/path.ts`;
    const fault = new Error(secret);
    const faults: readonly [status: number, code: string, fault: Error][] = [
      [500, "internal", fault],
      [503, "storeUnavailable", new StoreError("unavailable", secret, { cause: fault })],
      [503, "storeUnavailable", new StoreError("busy", secret)],
    ];
    for (const [status, code, thrown] of faults) {
      const fail = async (): Promise<never> => await Promise.reject(thrown);
      const server = await startTestServer({
        over: () => ({ readCustomer: fail, listEvents: fail, readPolicy: fail, ping: fail, listDeliveries: fail }),
      });
      try {
        const answers = [
          await server.call("/v1/events"),
          await server.call("/v1/customers/anna"),
          await server.call("/v1/policy"),
          await server.enrol("anna", { face: "a" }),
          await server.authenticate("anna", { face: "a" }),
          await server.call("/v1/deliveries"),
        ];
        for (const answer of answers) {
          assert.deepEqual([answer.status, answer.body["code"]], [status, code]);
          assert.match(String(answer.body["requestId"]), /^[0-9a-f]{24}$/);
          assert.doesNotMatch(answer.text, /SELECT|srv|secret|\.ts|\bat |node:/);
          const line = server.logLines.find((one) => one.includes(String(answer.body["requestId"])));
          assert.ok(line !== undefined && line.includes('"level":"error"'));
          assert.ok(!line.includes(CANARY), "a fault's message may quote a value");
        }
        const ready = await server.call("/readyz");
        assert.deepEqual([ready.status, ready.body["code"]], [503, "notReady"]);
        assert.equal((await server.call("/healthz")).status, 200);
      } finally {
        await server.close();
      }
    }
  });
});
