import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { type ServerProcess, startServerProcess, temporaryFolder } from "../support/server-process.ts";

const ENDPOINTS = 100;
const CALLS = 60;
const ROUNDS = 4;
/** A round trip on this machine is a few milliseconds: less than this is its own noise. */
const NOISE_MS = 10;

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN;

describe("a hundred endpoints of a hundred that hang", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let receiver: Server;
  let server: ServerProcess;
  let held = 0;
  before(async () => {
    folder = await temporaryFolder();
    receiver = createServer((request) => {
      request.resume();
      held += 1;
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    server = await startServerProcess({ folder: folder.path, env: { SAMEFACE_LOG_LEVEL: "error" } });
  });
  after(async () => {
    await server.stop("SIGKILL");
    receiver.closeAllConnections();
    receiver.close();
    await folder[Symbol.asyncDispose]();
  });

  const image = Buffer.from([0xff, 0xd8, 0xff, 0xe0]).toString("base64");
  /** How long each authentication took, commit included, one after another. */
  const authenticateMany = async (): Promise<readonly number[]> => {
    const took: number[] = [];
    for (let n = 0; n < CALLS; n += 1) {
      const startedMs = performance.now();
      const body = { customerId: `hang-${randomBytes(8).toString("hex")}`, image };
      assert.equal((await server.call("/v1/authentications", { method: "POST", body })).status, 200);
      took.push(performance.now() - startedMs);
    }
    return took;
  };

  it("leave the API's p99 within 1.2 times its own, and are bounded in flight", { timeout: 180_000 }, async (t) => {
    const { port } = receiver.address() as AddressInfo;
    const ids: string[] = [];
    for (let n = 0; n < ENDPOINTS; n += 1) {
      const url = `http://127.0.0.1:${port}/${n}`;
      ids.push(String((await server.call("/v1/endpoints", { method: "POST", body: { url } })).body["id"]));
    }
    const all = async (change: "enable" | "disable"): Promise<void> => {
      for (const id of ids) await server.call(`/v1/endpoints/${id}/${change}`, { method: "POST" });
    };
    await authenticateMany();
    const alone: number[] = [];
    const beside: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      // Disabled, the same rows are written for each; none is sent.
      await all("disable");
      alone.push(...(await authenticateMany()));
      await all("enable");
      beside.push(...(await authenticateMany()));
    }
    const [without, together] = [percentile(alone, 0.99), percentile(beside, 0.99)];
    t.diagnostic(`p99 without ${without} ms, beside a hundred that hang ${together} ms; ${held} requests held`);
    assert.ok(held >= ENDPOINTS, `${held} requests reached the receiver`);
    assert.ok(together <= Math.max(1.2 * without, without + NOISE_MS), `p99 ${together} ms, ${without} ms without`);
  });
});
