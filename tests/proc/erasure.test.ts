import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { backUpData, readConfig, restoreData } from "@sameface/server";
import { startRecordingReceiver } from "../support/recording-receiver.ts";
import { type ServerProcess, startServerProcess, temporaryFolder } from "../support/server-process.ts";

const NAMES = 30;

describe("an erasure in the middle of traffic", () => {
  it("leaves no row, log line, body under way or restored backup that names the erased, and all of the others", {
    timeout: 240_000,
  }, async () => {
    await using folder = await temporaryFolder();
    const receiver = await startRecordingReceiver();
    const env = { SAMEFACE_LOG_LEVEL: "debug" };
    const server = await startServerProcess({ folder: folder.path, env });
    assert.equal((await server.call("/v1/endpoints", { method: "POST", body: { url: receiver.url } })).status, 201);
    // Nobody answers there: what is for it waits and is tried again.
    const dead = { url: "http://127.0.0.1:9000/", description: "nobody" };
    assert.equal((await server.call("/v1/endpoints", { method: "POST", body: dead })).status, 201);
    const gone = Array.from({ length: NAMES }, (_, n) => `gone-${n}-name`);

    let ended = false;
    const others = streamOthers(server, () => ended);
    for (const name of gone) for (let n = 0; n < 3; n += 1) await attempt(server, name);
    const read = readConfig({ env: { SAMEFACE_DATA: folder.path }, file: null });
    assert.ok(read.ok);
    const { config } = read;
    const [older, after] = [`${folder.path}.older`, `${folder.path}.after`];
    await backUpData({ config, file: older });
    assert.ok(readFileSync(older).includes("gone-"), "the backup knows them");
    const receipts = await Promise.all(
      gone.map(async (name) => {
        await attempt(server, name);
        return await server.call(`/v1/customers/${name}`, { method: "DELETE" });
      }),
    );
    for (const { status, body } of receipts) {
      assert.equal(status, 200);
      assert.match(String(body["receiptId"]), /^[0-9a-f]{24}$/);
    }
    const told = receiver.requests.length;
    ended = true;
    const stayed = await others;
    for (const { body } of (await listAll(server, "/v1/events")).slice(-500)) {
      assert.ok(!JSON.stringify(body ?? null).includes("gone-"));
    }
    for (const name of gone) {
      const { body } = await server.call(`/v1/authentications?customerId=${name}`);
      assert.deepEqual(body["items"], []);
    }
    await backUpData({ config, file: after });
    await server.stop();
    const late = receiver.requests.slice(told).filter((one) => one.body.includes("gone-"));
    assert.ok(late.length <= 20, `${late.length} were sent after the receipts: no more than were under way`);
    assert.deepEqual(
      server.output.filter((line) => line.includes("gone-")),
      [],
    );
    assert.ok(server.output.some((line) => line.includes("answered")));
    assert.ok(!readFileSync(after).includes("gone-"));

    const { erasedAgain } = await restoreData({ config, file: older, replace: true });
    assert.equal(erasedAgain, NAMES);
    const restored = `${folder.path}.restored`;
    await backUpData({ config, file: restored });
    assert.ok(!readFileSync(restored).includes("gone-"));
    assert.ok(readFileSync(restored).includes("stay-"));
    await receiver.close();
    console.log(`${stayed} attempts of others meanwhile, ${late.length} bodies arrived that were under way`);
  });
});

async function attempt(server: ServerProcess, customerId: string): Promise<void> {
  const body = { customerId, image: "AAAA" };
  const answer = await server.call("/v1/authentications", { method: "POST", body });
  assert.equal(answer.status, 200);
}

async function streamOthers(server: ServerProcess, ended: () => boolean): Promise<number> {
  let count = 0;
  const caller = async (name: number): Promise<void> => {
    while (!ended()) {
      await attempt(server, `stay-${name}-${count}`);
      count += 1;
    }
  };
  await Promise.all([0, 1, 2].map(caller));
  return count;
}

async function listAll(server: ServerProcess, path: string): Promise<readonly Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let after = "";
  for (;;) {
    const { body } = await server.call(`${path}?limit=500${after}`);
    const page = body["items"] as Record<string, unknown>[];
    items.push(...page);
    const { next } = body;
    if (page.length === 0 || typeof next !== "string") return items;
    after = `&after=${next}`;
  }
}
