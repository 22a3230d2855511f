import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseVerifyKey, verify } from "@sameface/contract";
import { ASKED } from "./delivery-store.fixture.ts";
import { type ReceivedRequest, reply } from "./fault-server.fixture.ts";
import { useWorkerBench } from "./worker.fixture.ts";

/** Whether a receiver that holds this one key takes the request. */
async function takes(key: string, { body, headers }: ReceivedRequest): Promise<boolean> {
  const nowSeconds = Math.floor(Date.now() / 1000);
  return (await verify({ body, headers, nowSeconds, keys: [parseVerifyKey(key)] })).ok;
}

describe("rotation and change while deliveries are under way", () => {
  const bench = useWorkerBench();

  it("is verified throughout a rotation by a receiver that holds either secret or either public key", async () => {
    const server = await bench.serve((socket) => socket.write(reply(200)));
    const before = await bench.at.add(server.url);
    const { endpointId } = before.endpoint;
    const { reports } = bench.work();
    const next = async (): Promise<ReceivedRequest> => {
      await bench.settled(await bench.at.decide(), { status: "delivered", reports });
      const request = server.requests.at(-1);
      assert.ok(request !== undefined);
      return request;
    };
    const first = await next();
    const after = await bench.at.endpoints.rotate({ ...ASKED, endpointId, overlapSeconds: 60 });
    assert.ok(after?.kind === "rotated");
    const within = await next();
    for (const key of [before.secret, before.publicKey]) {
      assert.deepEqual([await takes(key, first), await takes(key, within)], [true, true]);
    }
    for (const key of [after.secret, after.publicKey]) {
      assert.deepEqual([await takes(key, first), await takes(key, within)], [false, true]);
    }
    const last = await bench.at.endpoints.rotate({ ...ASKED, endpointId, overlapSeconds: 0 });
    assert.ok(last?.kind === "rotated");
    const beyond = await next();
    for (const key of [before.secret, before.publicKey, after.secret, after.publicKey]) {
      assert.equal(await takes(key, beyond), false);
    }
    assert.deepEqual([await takes(last.secret, beyond), await takes(last.publicKey, beyond)], [true, true]);
  });

  it("retries with the present secrets and at the present URL, and not at all once disabled or deleted", async () => {
    const old = await bench.serve((socket) => socket.write(reply(500)));
    const present = await bench.serve((socket) => socket.write(reply(200)));
    const added = await bench.at.add(old.url);
    const deleted = await bench.at.add(old.url);
    const disabled = await bench.at.add(old.url);
    const { reports } = bench.work({ standardWaitsMs: [300] });
    const eventId = await bench.at.decide();
    await reports.until(() => reports.all.filter((report) => report.kind === "attempted").length === 3);
    const ref = { ...ASKED, endpointId: added.endpoint.endpointId };
    const rotated = await bench.at.endpoints.rotate({ ...ref, overlapSeconds: 60 });
    assert.ok(rotated?.kind === "rotated");
    await bench.at.endpoints.update({ ...ref, settings: { url: present.url } });
    await bench.at.endpoints.remove({ ...ASKED, endpointId: deleted.endpoint.endpointId });
    await bench.at.endpoints.disable({ ...ASKED, endpointId: disabled.endpoint.endpointId });
    await reports.until((report) => report.kind === "attempted" && report.next === "delivered");
    const [request] = present.requests;
    assert.ok(request !== undefined);
    assert.equal(request.headers["webhook-id"], eventId);
    assert.deepEqual(request.body, old.requests[0]?.body);
    for (const key of [added.secret, rotated.secret, rotated.publicKey]) assert.ok(await takes(key, request));
    assert.deepEqual([old.requests.length, present.requests.length], [3, 1]);
    const where = { tenantId: "default", after: null, limit: 10, endpointId: null, status: null, eventId };
    const { items } = await bench.at.store.listDeliveries(where);
    const states = items.map((one) => [one.status, one.reason]).sort();
    assert.deepEqual(states, [
      ["delivered", null],
      ["held", "operator"],
      ["skipped", "endpointDeleted"],
    ]);
  });
});
