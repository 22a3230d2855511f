import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { parseVerifyKey, verify } from "@sameface/contract";
import { startTestServer, type TestAnswer, type TestServer } from "./test-server.fixture.ts";

interface Opened {
  readonly id: string;
  readonly session: string;
  readonly secret: string | null;
  readonly publicKey: string;
  readonly waiting: number;
}

interface Handed {
  readonly deliveryId: string;
  readonly lease: number;
  readonly request: { readonly eventId: string; readonly headers: Record<string, string>; readonly body: string };
}

describe("the API of streams", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(async () => {
    await server.close();
  });

  const post = async (path: string, body: unknown, key?: string): Promise<TestAnswer> =>
    await server.call(path, { method: "POST", body, ...(key === undefined ? {} : { key }) });
  const open = async (name: string, more: object = {}): Promise<Opened> => {
    const answer = await post("/v1/streams", { name, ...more });
    assert.ok(answer.status === 200 || answer.status === 201, answer.text);
    return answer.body as unknown as Opened;
  };
  const next = async ({ id, session }: Opened, done?: object): Promise<Handed | null> => {
    const answer = await post(`/v1/streams/${id}/next`, { session, ...(done === undefined ? {} : { done }) });
    assert.equal(answer.status, 200, answer.text);
    return answer.body["delivery"] as Handed | null;
  };
  const mustNext = async (stream: Opened, done?: object): Promise<Handed> => {
    const handed = await next(stream, done);
    assert.ok(handed !== null);
    return handed;
  };
  let attempts = 0;
  const happen = async (): Promise<string> => {
    attempts += 1;
    // Each of another customer whom nobody knows: attempts of one are barred after five failures (T7).
    const answer = await server.authenticate(`nobody-${attempts}`, { face: "anna" });
    assert.equal(answer.status, 200, answer.text);
    return String(answer.body["eventId"]);
  };
  const doneWith = ({ deliveryId, lease }: Handed, status = 204) => {
    const answer = { status, contentType: "text/plain", body: Buffer.from("said").toString("base64") };
    return { deliveryId, lease, durationMs: 12, answer };
  };

  it("shows the secret once, to the call that made the stream", async () => {
    const made = await open("once");
    assert.match(String(made.secret), /^whsec_/);
    const again = await open("once");
    assert.deepEqual([again.secret, again.id, again.publicKey], [null, made.id, made.publicKey]);
    assert.ok(made.session !== again.session);
  });

  it("hands out a request that verifies with the stream's own secret and key, and records the answer", async () => {
    const stream = await open("verified");
    const eventId = await happen();
    const handed = await mustNext(stream);
    const { headers } = handed.request;
    const body = Buffer.from(handed.request.body, "base64");
    const nowSeconds = Date.now() / 1000;
    for (const key of [String(stream.secret), stream.publicKey]) {
      const verified = await verify({ body, headers, nowSeconds, keys: [parseVerifyKey(key)] });
      assert.ok(verified.ok && verified.id === eventId);
    }
    const waiting = next(stream, doneWith(handed, 500));
    const second = await happen();
    const handedNext = await waiting;
    assert.equal(handedNext?.request.eventId, second);
    const read = await server.call(`/v1/deliveries/${handed.deliveryId}`);
    assert.deepEqual([read.body["status"], read.body["reason"]], ["dead", "serverError"]);
    const [attempt] = read.body["attemptLog"] as Record<string, unknown>[];
    assert.deepEqual(
      [attempt?.["httpStatus"], attempt?.["durationMs"], attempt?.["reply"]],
      [500, 12, { contentType: "text/plain", body: "said" }],
    );
    await happen();
    await mustNext(stream, doneWith(handedNext));
    const delivered = await server.call(`/v1/deliveries/${handedNext.deliveryId}`);
    assert.equal(delivered.body["status"], "delivered");
  });

  it("answers a listener that waits as soon as something happens, and an earlier ask of it at once", async () => {
    const stream = await open("waiting");
    const left = next(stream);
    // The second ask must come after the first one waits, or it would be the first.
    await server.call("/v1/endpoints");
    const waiting = next(stream);
    assert.equal(await left, null);
    const eventId = await happen();
    assert.equal((await waiting)?.request.eventId, eventId);
  });

  it("hands out again what a listener lost, and takes a result that is sent twice once", async () => {
    const stream = await open("lost");
    await happen();
    await mustNext(stream);
    const again = await mustNext(stream);
    await happen();
    const second = await mustNext(stream, doneWith(again));
    // The answer got lost on the way: the same ask comes again.
    const repeated = await mustNext(stream, doneWith(again));
    assert.equal(repeated.deliveryId, second.deliveryId);
    const read = await server.call(`/v1/deliveries/${again.deliveryId}`);
    assert.deepEqual([read.body["status"], (read.body["attemptLog"] as unknown[]).length], ["delivered", 1]);
  });

  it("takes the last result of a listener that goes, and keeps the next one for another", async () => {
    const stream = await open("leaving");
    await happen();
    const handed = await mustNext(stream);
    await happen();
    const { id, session } = stream;
    const answer = await post(`/v1/streams/${id}/next`, { session, done: doneWith(handed), leaving: true });
    assert.deepEqual(answer.body, { delivery: null });
    const { body } = await server.call(`/v1/deliveries?endpointId=${id}`);
    assert.deepEqual(
      (body["items"] as Record<string, unknown>[]).map((one) => one["status"]),
      ["held", "delivered"],
    );
  });

  it("tells a listener that another one opened the stream", async () => {
    const first = await open("taken");
    const second = await open("taken");
    const answer = await post(`/v1/streams/${first.id}/next`, { session: first.session });
    assert.deepEqual([answer.status, answer.body["code"]], [409, "streamTaken"]);
    await happen();
    assert.ok((await next(second)) !== null);
  });

  it("takes no result for a delivery of another endpoint", async () => {
    const mine = await open("mine");
    const other = await open("other");
    await happen();
    const handed = await mustNext(other);
    await mustNext(mine, doneWith(handed));
    const read = await server.call(`/v1/deliveries/${handed.deliveryId}`);
    assert.equal(read.body["status"], "inFlight");
  });

  it("signs a past event for the stream: as a test, or under its own id", async () => {
    const eventId = await happen();
    const { id, secret } = await open("past");
    const marked = await post(`/v1/streams/${id}/sign`, { eventId });
    assert.match(String(marked.body["eventId"]), /^test_[0-9a-f]{24}$/);
    const plain = await post(`/v1/streams/${id}/sign`, { eventId, marked: false });
    const { headers, body } = plain.body as unknown as Handed["request"];
    const keys = [parseVerifyKey(String(secret))];
    const verified = await verify({
      headers,
      body: Buffer.from(body, "base64"),
      nowSeconds: Date.now() / 1000,
      keys,
    });
    assert.ok(verified.ok && verified.id === eventId);
    assert.equal((await post(`/v1/streams/${id}/sign`, { eventId: "0".repeat(24) })).status, 404);
    assert.equal((await post(`/v1/streams/${"0".repeat(24)}/sign`, { eventId })).status, 404);
    const posted = await post("/v1/endpoints", { url: "http://127.0.0.1:4999/hook" });
    assert.equal((await post(`/v1/streams/${String(posted.body["id"])}/sign`, { eventId })).status, 404);
  });

  it("signs nothing of a customer who was erased", async () => {
    await server.enrol("gone", { face: "gone" });
    const { body } = await server.authenticate("gone", { face: "gone" });
    await server.call("/v1/customers/gone", { method: "DELETE" });
    const { id } = await open("erased");
    const answer = await post(`/v1/streams/${id}/sign`, { eventId: body["eventId"] });
    assert.deepEqual([answer.status, answer.body["code"]], [409, "nothingToSend"]);
  });

  it("lists a stream among the endpoints and lets it be deleted, but never enabled, disabled or given a URL", async () => {
    const stream = await open("listed");
    const path = `/v1/endpoints/${stream.id}`;
    const read = await server.call(path);
    assert.deepEqual(
      [read.body["url"], read.body["enabled"], read.body["disabledReason"]],
      ["stream:listed", false, "listener"],
    );
    for (const state of ["enable", "disable"]) {
      assert.equal((await server.call(`${path}/${state}`, { method: "POST" })).body["code"], "endpointUnavailable");
    }
    const patch = { method: "PATCH", body: { url: "http://127.0.0.1:4999/hook" } };
    assert.equal((await server.call(path, patch)).body["code"], "endpointUnavailable");
    assert.equal((await server.call(path, { method: "DELETE" })).status, 204);
    const answer = await post(`/v1/streams/${stream.id}/next`, { session: stream.session });
    assert.deepEqual([answer.status, answer.body["code"]], [404, "notFound"]);
  });

  it("lets only keys that may write endpoints open one, and only keys that may write deliveries ask", async () => {
    const stream = await open("scopes");
    const made = await post("/v1/keys", { name: "reader", scopes: ["endpoints:read", "events:read"] });
    const key = String(made.body["key"]);
    assert.equal((await post("/v1/streams", { name: "scopes" }, key)).status, 403);
    assert.equal((await post(`/v1/streams/${stream.id}/next`, { session: stream.session }, key)).status, 403);
    assert.equal((await post(`/v1/streams/${stream.id}/sign`, { eventId: "0".repeat(24) }, key)).status, 403);
  });
});
