import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { type Clock, systemClock } from "../clock.ts";
import type { RouteShape } from "./route.ts";
import { ROUTE_SHAPES } from "./route-shapes.ts";
import { startTestServer, type TestAnswer, type TestCall, type TestServer } from "./test-server.fixture.ts";

const HOUR_MS = 3_600_000;

/** A browser of one person: keeps its cookie, and says where its calls come from. */
interface Person {
  readonly cookie: string;
  readonly csrf: string;
  call(path: string, call?: TestCall): Promise<TestAnswer>;
}

describe("sessions of the dashboard", () => {
  let aheadMs = 0;
  const clock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs };
  let server: TestServer;
  beforeEach(async () => {
    aheadMs = 0;
    server = await startTestServer({ clock });
  });
  afterEach(async () => {
    await server.close();
  });

  const fromPage = (): Record<string, string> => ({ origin: server.url, "sec-fetch-site": "same-origin" });

  const askIn = async (key: string, headers: Record<string, string> = fromPage()): Promise<TestAnswer> =>
    await server.call("/v1/session", { method: "POST", body: { key }, key: null, headers });

  const signIn = async (key: string = server.key, headers: Record<string, string> = {}): Promise<Person> => {
    const answer = await askIn(key, { ...fromPage(), ...headers });
    assert.equal(answer.status, 201, answer.text);
    const cookie = (answer.headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";
    const csrf = String(answer.body["csrfToken"]);
    return {
      cookie,
      csrf,
      call: async (path, call = {}) =>
        await server.call(path, {
          ...call,
          key: null,
          headers: { ...fromPage(), cookie, "x-sameface-csrf": csrf, ...call.headers },
        }),
    };
  };

  const makeKey = async (scopes: readonly string[], more: object = {}): Promise<{ id: string; key: string }> => {
    const { body } = await server.call("/v1/keys", { method: "POST", body: { name: "k", scopes, ...more } });
    return { id: String(body["id"]), key: String(body["key"]) };
  };

  it("exchanges a key for a cookie that no script reads and no other site sends", async () => {
    const answer = await askIn(server.key);
    const cookie = answer.headers.get("set-cookie") ?? "";
    assert.match(
      cookie,
      new RegExp(`^sameface-${server.port}=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200$`),
    );
    assert.deepEqual([answer.body["role"], answer.body["signedIn"]], ["admin", true]);
    assert.deepEqual(answer.body["server"], { version: "0", retentionDays: 30, notices: ["a notice"] });
    const person = await signIn();
    assert.equal((await person.call("/v1/keys")).status, 200);
    assert.equal((await person.call("/v1/session")).body["signedIn"], true);
    assert.deepEqual((await server.call("/v1/session", { key: null })).body, { signedIn: false });
  });

  it("sets a __Host- cookie that goes over TLS alone where the public URL is https", async () => {
    await using secure = await startSecure();
    const headers = { origin: secure.url, "sec-fetch-site": "same-origin" };
    const answer = await secure.call("/v1/session", { method: "POST", body: { key: secure.key }, key: null, headers });
    assert.match(answer.headers.get("set-cookie") ?? "", /^__Host-sameface=[^;]+; Path=\/; .*; Secure$/);
    const name = `sameface-${secure.port}`;
    const cookie = (answer.headers.get("set-cookie") ?? "").split(";", 1)[0]?.replace("__Host-sameface", name) ?? "";
    assert.equal((await secure.call("/v1/keys", { key: null, headers: { cookie } })).status, 401);
  });

  it("stores of a session the hash of its token alone", async () => {
    const person = await signIn();
    const token = person.cookie.split("=")[1] ?? "";
    assert.equal(await server.store.findSession(token), null);
    assert.ok(!JSON.stringify(server.logLines).includes(token));
  });

  it("gives a new token at each sign-in, and ends the session before", async () => {
    const first = await signIn();
    const second = await signIn(server.key, { cookie: first.cookie });
    assert.notEqual(second.cookie, first.cookie);
    assert.equal((await first.call("/v1/keys")).status, 401);
    assert.equal((await second.call("/v1/keys")).status, 200);
  });

  it("is over on the server after sign-out, an hour unused, twelve hours, and when its key is revoked or expires", async () => {
    const out = await signIn();
    const left = await out.call("/v1/session", { method: "DELETE" });
    assert.equal(left.status, 204);
    assert.match(left.headers.get("set-cookie") ?? "", /=; .*Max-Age=0$/);
    assert.equal((await out.call("/v1/keys")).status, 401);

    const mine = await makeKey(["keys:write"]);
    const revoked = await signIn(mine.key);
    await server.call(`/v1/keys/${mine.id}`, { method: "DELETE" });
    assert.equal((await revoked.call("/v1/keys")).status, 401);

    const inAWhile = new Date(systemClock.nowMs() + HOUR_MS / 2).toISOString();
    const expiring = await signIn((await makeKey(["keys:write"], { expiresAt: inAWhile })).key);
    const idle = await signIn();
    aheadMs = HOUR_MS / 2 + 1_000;
    assert.equal((await expiring.call("/v1/keys")).status, 401);
    aheadMs = HOUR_MS + 1_000;
    assert.equal((await idle.call("/v1/keys")).status, 401);

    const busy = await signIn();
    for (let n = 1; n <= 14; n += 1) {
      aheadMs += 0.85 * HOUR_MS;
      assert.equal((await busy.call("/v1/keys")).status, 200, `after ${n}`);
      // The use is noted beside the answer: asked until it is.
      await noted(server, busy.cookie.split("=")[1] ?? "", clock.nowMs());
    }
    aheadMs += 0.2 * HOUR_MS;
    assert.equal((await busy.call("/v1/keys")).status, 401);
  });

  it("wants a new sign-in for secrets, exports and erasures after a quarter of an hour, and says so", async () => {
    const person = await signIn();
    aheadMs = 15 * 60_000 + 1_000;
    const asked = ROUTE_SHAPES.filter((one) => one.fresh === true);
    assert.deepEqual(asked.map((one) => one.operationId).toSorted(), [
      "createEndpoint",
      "createKey",
      "createTenant",
      "eraseCustomer",
      "exportCustomer",
      "readPicture",
      "rotateEndpointSecret",
    ]);
    for (const { method, path, operationId } of asked) {
      const answer = await person.call(path.replace(/\{\w+\}/, "0".repeat(24)), { method, ...bodyOf(method) });
      assert.deepEqual([answer.status, answer.body["code"]], [403, "signInAgain"], operationId);
    }
    assert.equal(
      (await server.call("/v1/keys", { method: "POST", body: { name: "k", scopes: ["admin"] } })).status,
      201,
    );
  });

  it("refuses a cross-origin form and fetch on every route that changes something", async () => {
    const person = await signIn();
    const mutating = ROUTE_SHAPES.filter((one) => one.method !== "GET");
    assert.ok(mutating.length > 25);
    const strangers: Readonly<Record<string, Record<string, string>>> = {
      "a form of another site": { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
      "a fetch of another site in an old browser": { origin: "https://evil.example", "sec-fetch-site": "" },
      "another port of this host": { origin: "http://127.0.0.1:1", "sec-fetch-site": "same-site" },
      "a sandboxed frame": { origin: "null", "sec-fetch-site": "cross-site" },
    };
    for (const shape of mutating) {
      for (const [name, headers] of Object.entries(strangers)) {
        const answer = await person.call(pathOf(shape), { method: shape.method, ...bodyOf(shape.method), headers });
        assert.deepEqual([answer.status, answer.body["code"]], [403, "crossSite"], `${shape.operationId}: ${name}`);
      }
    }
    const guarded = mutating.filter((one) => one.scopes !== "public");
    for (const shape of guarded) {
      const noToken = { "x-sameface-csrf": "" };
      const answer = await person.call(pathOf(shape), {
        method: shape.method,
        ...bodyOf(shape.method),
        headers: noToken,
      });
      assert.deepEqual([answer.status, answer.body["code"]], [403, "crossSite"], `${shape.operationId} without token`);
    }
    assert.deepEqual((await person.call("/v1/session")).body["signedIn"], true);
  });

  it("refuses a session's call that names neither its site nor its origin", async () => {
    const person = await signIn();
    const headers = { cookie: person.cookie, "x-sameface-csrf": person.csrf };
    const bare = await rawPut(`${server.url}/v1/policy`, headers);
    assert.equal(bare, 403);
  });

  it("lets a viewer's session change nothing: every route that changes something", async () => {
    const reading = ["customers:read", "endpoints:read", "events:read", "audit:read", "metrics:read"];
    const viewer = await signIn((await makeKey(reading)).key);
    assert.equal((await viewer.call("/v1/session")).body["role"], "viewer");
    // An answer to a question, written down as asked.
    const asks = new Set(["verifyAuthentication", "verifyAuthenticationAsVendor"]);
    for (const shape of ROUTE_SHAPES) {
      if (shape.method === "GET" || shape.scopes === "public" || asks.has(shape.operationId)) continue;
      const answer = await viewer.call(pathOf(shape), { method: shape.method, ...bodyOf(shape.method) });
      assert.deepEqual([answer.status, answer.body["code"]], [403, "forbidden"], shape.operationId);
    }
  });

  it("takes what a role is from the scopes of the key", async () => {
    const roles = new Map<string, readonly string[]>([
      ["viewer", ["events:read"]],
      ["operator", ["events:read", "deliveries:write"]],
      ["admin", ["admin"]],
    ]);
    for (const [role, scopes] of roles) {
      const person = await signIn((await makeKey(scopes)).key);
      assert.equal((await person.call("/v1/session")).body["role"], role);
    }
  });

  it("throttles 1,000 guesses, and the right key with them, and tells how long to wait", async () => {
    const statuses = new Map<number, number>();
    for (let n = 0; n < 1_000; n += 1) {
      const { status } = await askIn(`sfk_${n}`);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    assert.ok((statuses.get(401) ?? 0) <= 12, `${statuses.get(401)} guesses were looked at`);
    assert.equal((statuses.get(401) ?? 0) + (statuses.get(429) ?? 0), 1_000);
    const right = await askIn(server.key);
    assert.deepEqual([right.status, right.body["code"]], [429, "tooManySignIns"]);
    assert.ok(Number(right.headers.get("retry-after")) >= 1);
  });

  it("refuses a revoked and an expired key as one that never was", async () => {
    const revoked = await makeKey(["admin"]);
    await server.call(`/v1/keys/${revoked.id}`, { method: "DELETE" });
    const expired = await makeKey(["admin"], { expiresAt: new Date(systemClock.nowMs() + 1_000).toISOString() });
    aheadMs = 2_000;
    const answers = [await askIn(revoked.key), await askIn(expired.key), await askIn("sfk_never")];
    const told = answers.map(({ status, body }) => [status, body["code"], body["detail"]]);
    assert.deepEqual(new Set(told.map((one) => JSON.stringify(one))).size, 1);
    assert.equal(answers[0]?.status, 401);
  });

  it("writes sign-in and sign-out into the audit", async () => {
    const person = await signIn();
    await person.call("/v1/session", { method: "DELETE" });
    const { body } = await server.call("/v1/audit?limit=500");
    const actions = (body["items"] as { action: string }[]).map((row) => row.action);
    assert.deepEqual(
      actions.filter((action) => action.startsWith("session.")),
      ["session.started", "session.ended"],
    );
  });

  it("notes a report of a broken policy by its directive alone", async () => {
    const report = { "csp-report": { "effective-directive": "script-src-elem", "blocked-uri": "https://secret" } };
    for (const [type, body] of [
      ["application/csp-report", report],
      [
        "application/reports+json",
        [{ body: { effectiveDirective: "img-src" } }, { body: { effectiveDirective: "<x>" } }],
      ],
    ] as const) {
      const answer = await server.call("/v1/csp-reports", {
        method: "POST",
        key: null,
        body: JSON.stringify(body),
        headers: { "content-type": type },
      });
      assert.equal(answer.status, 204);
    }
    const noted = server.logLines.filter((line) => line.includes("content security policy"));
    const reasons = noted.map((line) => (JSON.parse(line) as { reason: string }).reason);
    assert.deepEqual(reasons, ["script-src-elem", "img-src", "unknown"]);
    assert.ok(!server.logLines.join("").includes("secret"));
  });

  async function startSecure(): Promise<TestServer & AsyncDisposable> {
    const started = await startTestServer({ publicUrl: "https://face.example" });
    return {
      ...started,
      [Symbol.asyncDispose]: async () => {
        await started.close();
      },
    };
  }
});

function pathOf({ path }: RouteShape): string {
  return path.replace(/\{[A-Za-z]+\}/, "0".repeat(24));
}

function bodyOf(method: string): { readonly body?: object } {
  return method === "POST" || method === "PUT" || method === "PATCH" ? { body: {} } : {};
}

/** Without what fetch of Node adds by itself. */
async function rawPut(url: string, headers: Record<string, string>): Promise<number> {
  const { request } = await import("node:http");
  return await new Promise<number>((resolve, reject) => {
    const sent = request(url, { method: "PUT", headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject).end();
  });
}

async function noted(server: TestServer, token: string, atMs: number): Promise<void> {
  const { hashApiKey } = await import("./api-key.ts");
  for (;;) {
    const found = await server.store.findSession(hashApiKey(token));
    if (found === null || found.session.seenAtMs >= atMs - 60_000) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
