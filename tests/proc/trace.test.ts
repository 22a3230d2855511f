import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startPostgresCluster } from "../support/postgres-cluster.ts";
import { startRecordingReceiver } from "../support/recording-receiver.ts";
import { drawnPicture } from "../support/seeded-server.ts";
import { startServerProcess, temporaryFolder } from "../support/server-process.ts";
import { type CollectedSpan, startTraceCollector } from "../support/trace-collector.ts";

const KEY = "cnrykey-cnrykey-cnrykey-cnrykey-cnrykey";
const MASTER_KEY = Buffer.alloc(32, 9).toString("base64");
/** What W3C's page gives as its example. */
const CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const [, TRACE, CALLING_SPAN] = CALLER.split("-");
const DELIVERED = ["deliver", "post", "store attempt"];

describe("traces", () => {
  it("follow one authentication from its caller through engine and store to a delivery of another process, and tell nothing of the customer", {
    timeout: 240_000,
  }, async () => {
    await using folder = await temporaryFolder();
    const cluster = await startPostgresCluster();
    const collector = await startTraceCollector();
    const receiver = await startRecordingReceiver();
    const node = async (env: Readonly<Record<string, string>>) =>
      await startServerProcess({
        folder: folder.path,
        key: KEY,
        env: {
          SAMEFACE_DATABASE_URL: cluster.url,
          SAMEFACE_MASTER_KEY: MASTER_KEY,
          SAMEFACE_TRACES_URL: collector.url,
          OTEL_EXPORTER_OTLP_HEADERS: "x-collector-key=collector-secret",
          ...env,
        },
      });
    const api = await node({ SAMEFACE_ROLES: "api" });
    const endpoint = { url: `${receiver.url}cnryhook`, headers: { "x-own": "cnryheader" } };
    assert.equal((await api.call("/v1/endpoints", { method: "POST", body: endpoint })).status, 201);
    const picture = await drawnPicture({ person: 12, take: 0 });
    const enrolment = { image: picture, consent: { reference: "cnryconsent" } };
    const person = "/v1/customers/cnrycustomer";
    assert.equal((await api.call(person, { method: "PUT", body: enrolment })).status, 201);
    const attempt = {
      customerId: "cnrycustomer",
      source: "cnrysource",
      image: await drawnPicture({ person: 12, take: 1 }),
    };
    const headers = { traceparent: CALLER, "idempotency-key": "cnryidempotency" };
    const { status, body } = await api.call("/v1/authentications", { method: "POST", body: attempt, headers });
    assert.equal(status, 200);
    assert.equal(body["outcome"], "passed");
    // The event waited for a process that knows nothing of the request.
    const sender = await node({ SAMEFACE_ROLES: "delivery" });
    const ofTrace = (spans: readonly CollectedSpan[]) => spans.filter((span) => span.traceId === TRACE);
    await collector.until((spans) => DELIVERED.every((name) => ofTrace(spans).some((span) => span.name === name)));
    await receiver.until((requests) => requests.length > 0);
    await Promise.all([api.stop(), sender.stop()]);

    const spans = ofTrace(collector.spans);
    const named = (name: string): CollectedSpan => {
      const [only, ...more] = spans.filter((span) => span.name === name);
      assert.ok(only !== undefined && more.length === 0, `one span ${name}`);
      return only;
    };
    const parents = Object.fromEntries(
      spans.map(({ name, parentSpanId }) => [
        name,
        spans.find((one) => one.spanId === parentSpanId)?.name ?? parentSpanId,
      ]),
    );
    assert.deepEqual(parents, {
      request: CALLING_SPAN,
      "inspect picture": "request",
      "store decision": "request",
      deliver: "request",
      post: "deliver",
      "store attempt": "deliver",
    });
    assert.deepEqual([named("request").roles, named("deliver").roles], ["api", "delivery"]);
    const facts = named("request").attributes;
    assert.equal(facts["http.route"], "/v1/authentications");
    assert.equal(facts["http.response.status_code"], 200);
    assert.equal(facts["sameface.outcome"], "passed");
    assert.equal(facts["sameface.event.id"], body["eventId"]);
    assert.equal(named("deliver").attributes["sameface.event.id"], receiver.requests[0]?.id);
    assert.ok(spans.every((span) => !span.failed));
    // Probes are asked all day long.
    assert.ok(collector.spans.every((span) => span.attributes["http.route"] !== "/readyz"));
    assert.equal(receiver.requests[0]?.headers["traceparent"], undefined, "the contract names every header (§6)");

    assert.ok(collector.requests.every((request) => request.headers["x-collector-key"] === "collector-secret"));
    const told = collector.requests.map((request) => request.body).join("\n");
    assert.ok(told.includes(String(body["eventId"])), "the search would find what is told");
    const secrets = ["cnry", picture.slice(0, 40), MASTER_KEY, "collector-secret", "overallScore", receiver.url];
    for (const secret of secrets) assert.ok(!told.includes(secret), `${secret} is in a span`);
    await receiver.close();
    await collector.close();
    await cluster.close();
  });
});
