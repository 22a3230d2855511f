import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { type Attempt, createAttempt } from "./attempt.ts";
import type { AuthSettings } from "./auth-kind.ts";
import { claimOf, makeEndpoint, makeVault } from "./claimed.fixture.ts";
import { type Behaviour, type FaultServer, reply, startFaultServer } from "./fault-server.fixture.ts";
import { PROFILES } from "./profiles.ts";
import { realClock } from "./real-clock.fixture.ts";
import { sealAuth, sealHeaders } from "./sealed-endpoint.ts";
import type { SendResult } from "./send-result.ts";
import { loopbackSender } from "./sender.fixture.ts";

describe("createAttempt", () => {
  const vault = makeVault();
  const sender = loopbackSender();
  const servers: FaultServer[] = [];
  after(async () => {
    sender.close();
    await Promise.all(
      servers.map(async (server) => {
        await server.close();
      }),
    );
  });
  const serve = async (behave: Behaviour): Promise<FaultServer> => {
    const server = await startFaultServer(behave);
    servers.push(server);
    return server;
  };
  const newAttempt = (): Attempt => createAttempt({ send: sender.send, vault, clock: realClock, version: "1.2.3" });

  /** Attempts one after the other, at an endpoint of this URL that is signed in to like this. */
  const attempts = async (
    url: string,
    { auth, times = 1, attempt = newAttempt() }: { auth: AuthSettings; times?: number; attempt?: Attempt },
  ): Promise<readonly SendResult[]> => {
    const { endpoint } = await makeEndpoint(vault, { url });
    const sealed = sealAuth(auth, { ...endpoint, vault });
    const dressed = { ...endpoint, authKind: sealed.kind, sealedAuth: sealed.sealed };
    const { acknowledges } = PROFILES.standard;
    const results: SendResult[] = [];
    for (let n = 0; n < times; n += 1) {
      const { signal } = new AbortController();
      results.push(await attempt({ ...claimOf(dressed), acknowledges, signal }));
    }
    return results;
  };
  const oauth = (tokens: FaultServer): AuthSettings => ({
    kind: "oauth2",
    tokenUrl: tokens.url,
    clientId: "client",
    clientSecret: "canary-secret",
  });
  const statuses = (results: readonly SendResult[]): readonly unknown[] =>
    results.map((result) => (result.kind === "replied" ? result.status : result.reason));

  it("signs in beside the signature, over the endpoint's own headers and under none of ours", async () => {
    const server = await serve((socket) => socket.write(reply(200)));
    const { endpoint } = await makeEndpoint(vault, { url: server.url });
    const auth = sealAuth({ kind: "basic", username: "u", password: "p" }, { ...endpoint, vault });
    const sealedHeaders = sealHeaders({ authorization: "own", "x-own": "1" }, { ...endpoint, vault });
    const dressed = { ...endpoint, sealedHeaders, authKind: auth.kind, sealedAuth: auth.sealed };
    const { signal } = new AbortController();
    await newAttempt()({ ...claimOf(dressed), acknowledges: PROFILES.standard.acknowledges, signal });
    const headers = server.requests[0]?.headers;
    assert.equal(headers?.["authorization"], "Basic dTpw");
    assert.equal(headers["x-own"], "1");
    assert.match(headers["webhook-signature"] ?? "", /^v1,\S+ v1a,\S+$/);
  });

  it("fetches a token once for many attempts, through the same sender", async () => {
    const tokens = await serve((socket) => socket.write(reply(200, { body: '{"access_token":"t","expires_in":600}' })));
    const server = await serve((socket) => socket.write(reply(200)));
    assert.deepEqual(statuses(await attempts(server.url, { auth: oauth(tokens), times: 3 })), [200, 200, 200]);
    assert.equal(tokens.requests.length, 1);
    assert.equal(tokens.requests[0]?.headers["user-agent"], "sameface/1.2.3");
    assert.equal(tokens.requests[0].headers["accept-encoding"], "identity");
    assert.deepEqual(
      server.requests.map((request) => request.headers["authorization"]),
      ["Bearer t", "Bearer t", "Bearer t"],
    );
  });

  it("fetches another token once on a 401, within the same attempt, and no more than once", async () => {
    const tokens = await serve((socket) => {
      socket.write(reply(200, { body: `{"access_token":"t${tokens.requests.length}","expires_in":600}` }));
    });
    const server = await serve((socket, { headers }) => {
      socket.write(reply(headers["authorization"] === "Bearer t1" ? 401 : 200));
    });
    assert.deepEqual(statuses(await attempts(server.url, { auth: oauth(tokens) })), [200]);
    assert.equal(new Set(server.requests.map((request) => request.headers["webhook-id"])).size, 1);
    assert.deepEqual([tokens.requests.length, server.requests.length], [2, 2]);
    const never = await serve((socket) => socket.write(reply(401)));
    assert.deepEqual(statuses(await attempts(never.url, { auth: oauth(tokens) })), [401]);
    assert.equal(never.requests.length, 2);
  });

  it("asks a basic endpoint no second time on a 401", async () => {
    const server = await serve((socket) => socket.write(reply(401)));
    const auth = { kind: "basic", username: "u", password: "p" };
    assert.deepEqual(statuses(await attempts(server.url, { auth })), [401]);
    assert.equal(server.requests.length, 1);
  });

  it("sends the endpoint nothing where no token is to be had, and names why", async () => {
    const server = await serve((socket) => socket.write(reply(200)));
    const refusing = await serve((socket) => socket.write(reply(400)));
    const silent = await serve(() => undefined);
    assert.deepEqual(statuses(await attempts(server.url, { auth: oauth(refusing) })), ["tokenRefused"]);
    assert.deepEqual(statuses(await attempts(server.url, { auth: oauth(silent) })), ["tokenUnavailable"]);
    const elsewhere = { ...oauth(refusing), tokenUrl: "https://169.254.169.254/token" };
    assert.deepEqual(statuses(await attempts(server.url, { auth: elsewhere })), ["tokenUnavailable"]);
    assert.equal(server.connections, 0);
  });

  it("reads no more of a token endpoint's reply than of any other", async () => {
    const server = await serve((socket) => socket.write(reply(200)));
    const endless = await serve((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 10000000\r\n\r\n{"access_token":"${"t".repeat(100_000)}`);
    });
    assert.deepEqual(statuses(await attempts(server.url, { auth: oauth(endless) })), ["tokenRefused"]);
  });

  it("stops on one signal, also while a token is fetched", async () => {
    const stop = new AbortController();
    const silent = await serve(() => {
      stop.abort();
    });
    const { endpoint } = await makeEndpoint(vault, { url: "http://127.0.0.1:9/" });
    const sealed = sealAuth(oauth(silent), { ...endpoint, vault });
    const dressed = { ...endpoint, authKind: sealed.kind, sealedAuth: sealed.sealed };
    const request = { ...claimOf(dressed), acknowledges: PROFILES.standard.acknowledges, signal: stop.signal };
    assert.deepEqual(await newAttempt()(request), { kind: "failed", reason: "stopped" });
  });

  it("sends nothing where the settings do not open, as those of another endpoint do not", async () => {
    const server = await serve((socket) => socket.write(reply(200)));
    const { endpoint } = await makeEndpoint(vault, { url: server.url });
    const other = sealAuth({ kind: "basic", username: "u", password: "p" }, { ...endpoint, endpointId: "x", vault });
    const { signal } = new AbortController();
    const dressed = { ...endpoint, authKind: other.kind, sealedAuth: other.sealed };
    const request = { ...claimOf(dressed), acknowledges: PROFILES.standard.acknowledges, signal };
    assert.deepEqual(await newAttempt()(request), { kind: "failed", reason: "secretUnreadable" });
    assert.equal(server.connections, 0);
  });
});
