import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface, type Interface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { drawnPicture } from "./support/seeded-server.ts";
import { type ServerProcess, startServerProcess, temporaryFolder } from "./support/server-process.ts";

const REPOSITORY = path.resolve(import.meta.dirname, "..");
const SECRET = "the value of today";
const HEADERS = { "x-webhook-secret": SECRET };

/** The vendor's receiver, and what it printed. */
interface VendorReceiver {
  readonly url: string;
  readonly lines: readonly string[];
  /** Resolves when so many lines are there. */
  printed(count: number): Promise<void>;
  stop(): Promise<void>;
}

async function startVendorReceiver(): Promise<VendorReceiver> {
  const child: ChildProcess = spawn(process.execPath, [path.join(REPOSITORY, "examples/vendor/receiver.js")], {
    env: { WEBHOOK_SECRET: SECRET, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  assert.ok(child.stdout);
  const lines: string[] = [];
  const stdout: Interface = createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  const printed = async (count: number): Promise<void> => {
    while (lines.length < count) await once(stdout, "line");
  };
  await printed(1);
  const [, url = ""] = /^listening on (\S+)$/.exec(lines.shift() ?? "") ?? [];
  return {
    url,
    lines,
    printed,
    stop: async () => {
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}

describe("the vendor's receiver behind the profile incode", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: ServerProcess;
  let receiver: VendorReceiver;

  before(async () => {
    folder = await temporaryFolder();
    receiver = await startVendorReceiver();
    server = await startServerProcess({ folder: folder.path });
    const consent = { reference: "form 7" };
    const image = await drawnPicture({ person: 12, take: 0 });
    await server.call("/v1/customers/anna", { method: "PUT", body: { image, consent } });
  });
  after(async () => {
    await server.stop();
    await receiver.stop();
    await folder[Symbol.asyncDispose]();
  });

  const addEndpoint = async (body: object): Promise<string> => {
    const answer = await server.call("/v1/endpoints", { method: "POST", body: { profile: "incode", ...body } });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return String(answer.body["id"]);
  };
  const authenticate = async (customerId: string, person: number): Promise<void> => {
    const image = await drawnPicture({ person, take: 1 });
    const answer = await server.call("/v1/authentications", { method: "POST", body: { customerId, image } });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  };
  const deliveriesOf = async (endpointId: string): Promise<readonly Record<string, unknown>[]> => {
    const { body } = await server.call(`/v1/deliveries?endpointId=${endpointId}`);
    return body["items"] as readonly Record<string, unknown>[];
  };
  /** Deliveries of an endpoint, once none of them is under way. */
  const settled = async (endpointId: string): Promise<readonly Record<string, unknown>[]> => {
    for (;;) {
      const all = await deliveriesOf(endpointId);
      if (all.every(({ status }) => status !== "pending" && status !== "inFlight")) return all;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  it("takes every outcome unchanged: one request each, with its own header, acknowledged by its 200 with JSON", async () => {
    const endpointId = await addEndpoint({ url: receiver.url, headers: HEADERS });
    await authenticate("anna", 12);
    await authenticate("anna", 10);
    await authenticate("nobody", 12);
    await receiver.printed(3);
    assert.deepEqual([...receiver.lines].sort(), ["anna kept out: 4015", "anna let in", "nobody kept out: 4004"]);
    const told = (await settled(endpointId)).map(({ status, attempts }) => [status, attempts]);
    assert.deepEqual(
      told,
      Array.from({ length: 3 }, () => ["delivered", 1]),
    );
    await server.call(`/v1/endpoints/${endpointId}`, { method: "DELETE" });
  });

  it("is sent to again after the vendor's 30 seconds where the header is not the one it checks", async () => {
    const endpointId = await addEndpoint({ url: receiver.url, headers: { "x-webhook-secret": "another" } });
    const before = Date.now();
    await authenticate("anna", 12);
    const [delivery] = await settled(endpointId);
    assert.deepEqual([delivery?.["status"], delivery?.["attempts"]], ["failing", 1]);
    const waitMs = Date.parse(String(delivery?.["nextAttemptAt"])) - before;
    assert.ok(waitMs >= 30_000 && waitMs <= 30_000 + (Date.now() - before), `${waitMs} ms`);
  });
});
