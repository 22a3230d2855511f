import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { type RunningFault, SCENARIOS, type ScenarioName } from "../../../../tests/faults/scenarios.ts";
import { CERTIFICATES, reply, startFaultServer } from "./fault-server.fixture.ts";
import { realClock } from "./real-clock.fixture.ts";
import { createResolver } from "./resolver.ts";
import { failureReason, type SendResult } from "./send-result.ts";
import { loopbackSender, postTo, SHORT_LIMITS } from "./sender.fixture.ts";
import { useWorkerBench } from "./worker.fixture.ts";

// What a busy machine may add to a deadline before a test calls it missed.
const SLACK_MS = 900;
const NAME_TIMEOUT_MS = 400;

/** The word that each fault leaves in the attempt log; `null`: delivered. */
const EXPECTED: Readonly<Record<ScenarioName, string | null>> = {
  acknowledged: null,
  "server-error": "serverError",
  "bad-gateway": "serverError",
  unavailable: "serverError",
  "gateway-timeout": "serverError",
  "client-error": "clientError",
  unauthorized: "clientError",
  created: null,
  gone: "clientError",
  "too-many": "clientError",
  "retry-after-garbage": "serverError",
  redirect: "redirect",
  refused: "connectionRefused",
  "black-hole": "connectTimeout",
  hang: "timeout",
  "drip-headers": "timeout",
  "drip-body": null,
  "endless-chunks": "serverError",
  "gzip-bomb": null,
  "reset-at-once": "connectionLost",
  "reset-after-request": "connectionLost",
  "reset-in-reply": "connectionLost",
  "reset-in-body": null,
  truncated: "connectionLost",
  "two-lengths": "malformedReply",
  "not-http": "malformedReply",
  "huge-header": "headersTooLarge",
  "many-hints": "malformedReply",
  "tls-expired": "certificateExpired",
  "tls-self-signed": "certificateSelfSigned",
  "tls-wrong-host": "certificateWrongHost",
  "tls-unknown-authority": "certificateUntrusted",
  "tls-hang": "connectTimeout",
  "name-unknown": "nameNotFound",
  "name-failed": "nameServerFailed",
  "name-silent": "nameTimeout",
  "name-empty": "nameNotFound",
  "name-inward": "blockedAddress",
  "lost-reply": "connectionLost",
  "stale-keep-alive": null,
  flapping: "serverError",
};

const names = Object.keys(SCENARIOS) as ScenarioName[];

/** One attempt at a fault, and how long its place was taken. */
async function attempt(name: ScenarioName): Promise<{ result: SendResult; ms: number; fault: RunningFault }> {
  const { kind } = SCENARIOS[name];
  const fault = await SCENARIOS[name].start();
  const servers = kind === "dns" ? { servers: [fault.at] } : {};
  const resolver = createResolver({ clock: realClock, timeoutMs: NAME_TIMEOUT_MS, ...servers });
  // A name is public, so only what it leads to decides.
  const sender = loopbackSender(kind === "dns" ? { resolver, allowedNetworks: [] } : { resolver });
  const startedMs = performance.now();
  const result = await sender.send(postTo(kind === "dns" ? "https://hooks.example.com/in" : fault.at));
  const ms = performance.now() - startedMs;
  sender.close();
  return { result, ms, fault };
}

describe("every fault that a receiver can cause", () => {
  const running: RunningFault[] = [];
  const usual = getCACertificates();
  after(async () => {
    setDefaultCACertificates(usual);
    await Promise.all(
      running.map(async (fault) => {
        await fault.close();
      }),
    );
  });

  it("ends as a named result within the one deadline, after at most two requests, without a rejection", async () => {
    for (const name of names) {
      setDefaultCACertificates(name === "tls-unknown-authority" ? usual : [...usual, CERTIFICATES.authority.cert]);
      const { result, ms, fault } = await attempt(name);
      running.push(fault);
      assert.equal(failureReason(result), EXPECTED[name], name);
      assert.ok(ms < SHORT_LIMITS.totalMs + SLACK_MS, `${name}: ${ms} ms`);
      assert.ok(fault.requests() <= 2, name);
    }
  });

  it("frees the place of a connection that is never completed at the connect deadline", async () => {
    const { result, ms, fault } = await attempt("black-hole");
    running.push(fault);
    assert.deepEqual(result, { kind: "failed", reason: "connectTimeout" });
    assert.ok(ms >= SHORT_LIMITS.connectMs - 1 && ms < SHORT_LIMITS.connectMs + SLACK_MS, String(ms));
  });

  it("keeps nobody else waiting while a name server is silent", async () => {
    const fault = await SCENARIOS["name-silent"].start();
    running.push(fault);
    const server = await startFaultServer((socket) => socket.write(reply(200)));
    const resolver = createResolver({ clock: realClock, timeoutMs: 2_000, servers: [fault.at] });
    const sender = loopbackSender({ resolver, limits: { ...SHORT_LIMITS, totalMs: 3_000 } });
    let waiting = 64;
    const silent = Array.from({ length: waiting }, async () => {
      const result = await sender.send(postTo("https://hooks.example.com/in"));
      waiting -= 1;
      return result;
    });
    for (let n = 0; n < 20; n += 1) {
      const result = await sender.send(postTo(server.url));
      assert.ok(result.kind === "replied" && result.acknowledged);
    }
    assert.equal(waiting, 64, "all of them still wait");
    for (const result of await Promise.all(silent)) {
      assert.deepEqual(result, { kind: "failed", reason: "nameTimeout" });
    }
    sender.close();
    await server.close();
  });
});

describe("an endpoint that flaps", () => {
  const bench = useWorkerBench();

  it("is never disabled while half of its requests succeed, and gets everything", async () => {
    const fault = await SCENARIOS.flapping.start();
    const { endpoint } = await bench.at.add(fault.at);
    const events = await Promise.all(Array.from({ length: 12 }, async () => await bench.at.decide()));
    const { reports } = bench.work({ standardWaitsMs: Array.from({ length: 20 }, () => 1) });
    for (const eventId of events) await bench.settled(eventId, { status: "delivered", reports });
    const read = await bench.at.store.readEndpoint({ tenantId: "default", endpointId: endpoint.endpointId });
    assert.equal(read?.enabled, true);
    assert.ok(fault.requests() >= 23);
    await fault.close();
  });
});
