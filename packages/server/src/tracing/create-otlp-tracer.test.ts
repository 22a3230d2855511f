import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { createOtlpTracer } from "./create-otlp-tracer.ts";
import { NO_TRACER, type SpanFacts, type Tracer, within } from "./tracer.ts";

interface Told {
  readonly name: string;
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string }[];
  readonly status: { readonly code: number };
}

/** What a collector got of the spans that `work` made. */
async function told(work: (tracer: Tracer) => Promise<void> | void, percent = 100): Promise<readonly Told[]> {
  const spans: Told[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as {
        readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Told[] }[] }[];
      };
      spans.push(...resourceSpans.flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans)));
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;
  const tracer = createOtlpTracer({ url, percent, version: "0", roles: ["api"], report: assert.ifError });
  await work(tracer);
  await tracer.close();
  server.closeAllConnections();
  server.close();
  return spans;
}

const CALLER = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;

describe("createOtlpTracer", () => {
  it("goes on with a caller's trace, and hands on its own place in it", async () => {
    let handedOn: string | null = null;
    const [span, ...more] = await told((tracer) => {
      const begun = tracer.begin("request", { kind: "server", parent: CALLER });
      handedOn = begun.traceparent;
      begun.end();
    });
    assert.deepEqual([span?.traceId, span?.parentSpanId, more.length], ["a".repeat(32), "b".repeat(16), 0]);
    assert.match(String(handedOn), new RegExp(`^00-${"a".repeat(32)}-(?!b{16})[0-9a-f]{16}-01$`));
  });

  it("begins a trace of its own where the caller's is none", async () => {
    const bad = [null, "", "00-xyz", CALLER.toUpperCase(), `00-${"0".repeat(32)}-${"b".repeat(16)}-01`, `${CALLER}-x`];
    const spans = await told((tracer) => {
      for (const parent of bad) tracer.begin("request", { kind: "server", parent }).end();
    });
    assert.equal(new Set(spans.map((span) => span.traceId)).size, bad.length);
    assert.ok(spans.every((span) => (span.parentSpanId ?? "") === ""));
  });

  it("records nothing of what is not sampled, and lets nothing that follows record it", async () => {
    const handedOn: (string | null)[] = [];
    const spans = await told((tracer) => {
      const unsampled = tracer.begin("request", { kind: "server", parent: CALLER.replace(/01$/, "00") });
      const own = tracer.begin("request", { kind: "server", parent: null });
      for (const span of [unsampled, own]) {
        handedOn.push(span.traceparent, span.child("post").traceparent);
        span.end();
      }
    }, 0);
    assert.deepEqual([spans, handedOn], [[], [null, null, null, null]]);
  });

  it("tells facts by an allow-list, and of a fault its kind alone", async () => {
    const facts = { route: "/v1/x", reason: null, customerId: "anna" } as SpanFacts;
    const spans = await told(async (tracer) => {
      const span = tracer.begin("request", { kind: "server", parent: null, facts });
      const failing = async (): Promise<void> => {
        await Promise.reject(new TypeError("anna's secret"));
      };
      await assert.rejects(within(span, "post", failing));
      span.end();
    });
    const [post, request] = spans;
    assert.deepEqual(
      request?.attributes.map((one) => one.key),
      ["http.route"],
    );
    assert.deepEqual([post?.name, post?.status.code, request.status.code], ["post", 2, 0]);
    assert.doesNotMatch(JSON.stringify(spans), /anna/);
  });

  it("drops what the collector does not take, and says so", async () => {
    const refusing = createServer((_request, response) => void response.writeHead(400).end());
    await new Promise<void>((resolve) => void refusing.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(refusing.address() as AddressInfo).port}/`;
    const faults: unknown[] = [];
    const report = (fault: unknown): void => void faults.push(fault);
    const tracer = createOtlpTracer({ url, percent: 100, version: "0", roles: [], report });
    tracer.begin("request", { kind: "server", parent: null }).end();
    await tracer.close();
    assert.ok(faults.length === 1 && faults[0] instanceof Error);
    refusing.closeAllConnections();
    refusing.close();
  });

  it("does not hold up a stop for a collector that is not there", async () => {
    // Nobody listens on the discard port.
    const url = "http://127.0.0.1:9/v1/traces";
    const tracer = createOtlpTracer({ url, percent: 100, version: "0", roles: [], report: () => undefined });
    tracer.begin("request", { kind: "server", parent: null }).end();
    const began = performance.now();
    await tracer.close();
    assert.ok(performance.now() - began < 5_000);
  });

  it("costs a server without a collector neither spans nor what they come from", async () => {
    const span = NO_TRACER.begin("request", { kind: "server", parent: CALLER });
    assert.equal(span.child("post"), span);
    assert.equal(span.traceparent, null);
    assert.equal(await within(span, "post", async () => await Promise.resolve(7)), 7);
    await NO_TRACER.close();
  });
});
