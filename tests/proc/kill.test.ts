import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startRecordingReceiver } from "../support/recording-receiver.ts";
import { type ServerProcess, startServerProcess, temporaryFolder } from "../support/server-process.ts";

const KILLS = 20;
const KEY = "kill-test-key-kill-test-key-kill-test-key";

/** What the client knows of one acknowledged authentication. */
interface Acknowledged {
  readonly id: string;
  readonly eventId: string;
}

/** Four callers, one request after the other each, until the server dies under them; what was answered is kept. */
async function streamUntilDeath(server: ServerProcess, acknowledged: Acknowledged[]): Promise<void> {
  const caller = async (name: number): Promise<void> => {
    for (let i = 0; ; i++) {
      const answer = await server
        .call("/v1/authentications", {
          method: "POST",
          body: { customerId: `nobody-${name}-${i}`, image: "AAAA" },
        })
        .catch(() => null);
      if (answer === null) return;
      assert.equal(answer.status, 200);
      acknowledged.push({ id: String(answer.body["id"]), eventId: String(answer.body["eventId"]) });
    }
  };
  await Promise.all([0, 1, 2, 3].map(caller));
}

/** The seeded waits before each kill, 50…450 ms after the first request. */
function killDelaysMs(seed: number): readonly number[] {
  let state = seed;
  return Array.from({ length: KILLS }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return 50 + (state % 400);
  });
}

describe("a server killed with SIGKILL at random under a stream of authentications", () => {
  it("loses no acknowledged authentication, no event and no delivery over 20 kills", { timeout: 300_000 }, async () => {
    await using folder = await temporaryFolder();
    const receiver = await startRecordingReceiver();
    const acknowledged: Acknowledged[] = [];
    let server = await startServerProcess({ folder: folder.path, key: KEY });
    const endpoint = await server.call("/v1/endpoints", { method: "POST", body: { url: receiver.url } });
    assert.equal(endpoint.status, 201);

    for (const delayMs of killDelaysMs(4711)) {
      const stream = streamUntilDeath(server, acknowledged);
      // The wait is the fault itself: a kill at a random moment.
      setTimeout(() => server.process.kill("SIGKILL"), delayMs);
      await stream;
      await server.stop("SIGKILL");
      server = await startServerProcess({ folder: folder.path, key: KEY });
    }

    const wanted = new Set(acknowledged.map((a) => a.eventId));
    assert.ok(wanted.size > KILLS, `too few acknowledged to mean anything: ${wanted.size}`);
    for (const { id, eventId } of acknowledged) {
      const answer = await server.call(`/v1/authentications/${id}`);
      assert.equal(answer.status, 200, `acknowledged and lost: ${id}`);
      assert.ok(JSON.stringify(answer.body).includes(eventId), `authentication ${id} without its event`);
    }
    // In-flight leases of a killed process are taken over after 30 s at the latest.
    await receiver.until((requests) => {
      const received = new Set(requests.map((r) => r.id));
      return [...wanted].every((id) => received.has(id));
    });
    const bodies = new Map<string, string>();
    for (const { id, body } of receiver.requests) {
      const text = body.toString("base64");
      assert.equal(bodies.get(id) ?? text, text, `one id, two bodies: ${id}`);
      bodies.set(id, text);
    }
    const duplicates = receiver.requests.length - bodies.size;
    console.log(`${wanted.size} acknowledged, ${bodies.size} received, ${duplicates} duplicates`);
    await server.stop();
    await receiver.close();
  });
});
