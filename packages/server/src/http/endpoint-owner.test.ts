import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { parsePublicKey } from "@sameface/contract";
import { startTestServer, type TestServer } from "./test-server.fixture.ts";

const URL_OF_HOOK = "http://127.0.0.1:4999/hook";

describe("what the owner of an endpoint sets, rotates and proves", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(async () => {
    await server.close();
  });

  const post = async (path: string, body?: unknown) =>
    await server.call(path, { method: "POST", ...(body === undefined ? {} : { body }) });

  it("takes every setting on creation and on change, and gives none of the secret ones out", async () => {
    const auth = { kind: "basic", username: "canary-user", password: "canary-password" };
    const headers = { "x-own": "canary-header" };
    const made = await post("/v1/endpoints", { url: URL_OF_HOOK, auth, headers, rateLimit: 7, profile: "incode" });
    assert.equal(made.status, 201, made.text);
    assert.deepEqual([made.body["auth"], made.body["rateLimit"], made.body["verified"]], [{ kind: "basic" }, 7, true]);
    const id = String(made.body["id"]);
    const oauth2 = { kind: "oauth2", tokenUrl: URL_OF_HOOK, clientId: "canary-id", clientSecret: "canary-secret" };
    const patch = async (body: unknown) => await server.call(`/v1/endpoints/${id}`, { method: "PATCH", body });
    const plain = {
      url: "http://127.0.0.1:4998/other",
      description: "new",
      profile: "standard",
      outcomes: ["spoof"],
      rateLimit: 9,
    };
    const changed = await patch({ ...plain, headers: { "x-own": "canary-header-2" }, auth: oauth2 });
    assert.equal(changed.status, 200, changed.text);
    for (const [name, value] of Object.entries(plain)) assert.deepEqual(changed.body[name], value, name);
    assert.deepEqual(changed.body["auth"], { kind: "oauth2" });
    const bare = await patch({ auth: null, rateLimit: null, headers: null });
    assert.deepEqual([bare.body["auth"], bare.body["rateLimit"]], [null, null]);
    const read = await server.call(`/v1/endpoints/${id}`);
    const listed = await server.call("/v1/endpoints");
    for (const answer of [made, changed, bare, read, listed]) assert.ok(!answer.text.includes("canary"));
    assert.ok(!server.logLines.join("").includes("canary"));
  });

  it("refuses a sign-in that no kind takes, a token URL that nothing is posted to, and tells no value", async () => {
    const basic = { kind: "basic", username: "canary", password: "canary" };
    const oauth2 = { kind: "oauth2", tokenUrl: "https://10.0.0.1/canary", clientId: "canary", clientSecret: "canary" };
    const refused = [
      [{ ...basic, username: "can:ary" }, "refusedAuth"],
      [{ kind: "headers", headers: { "webhook-id": "canary" } }, "refusedAuth"],
      [oauth2, "refusedAuth"],
      [{ kind: "mtls" }, "validation"],
      [{ ...basic, more: "canary" }, "validation"],
      [{}, "validation"],
    ] as const;
    for (const [auth, code] of refused) {
      const answer = await post("/v1/endpoints", { url: URL_OF_HOOK, auth });
      assert.deepEqual([answer.status, answer.body["code"]], [400, code], answer.text);
      // A URL is told back as it was read, and nothing else of what came.
      assert.ok(!answer.text.replace(`"${String(answer.body["canonical"])}"`, "").includes("canary"), answer.text);
    }
    for (const rateLimit of [0, 1001, 1.5, "7"]) {
      assert.equal((await post("/v1/endpoints", { url: URL_OF_HOOK, rateLimit })).status, 400);
    }
  });

  it("rotates both kinds of secret, publishes both public keys for the overlap, and caps what is live", async () => {
    const made = await post("/v1/endpoints", { url: URL_OF_HOOK });
    const id = String(made.body["id"]);
    const keysOf = async (): Promise<readonly Record<string, string>[]> => {
      const answer = await server.call(`/.well-known/webhook-keys/${id}`, { key: null });
      assert.equal(answer.status, 200, answer.text);
      return answer.body["keys"] as Record<string, string>[];
    };
    const xOf = (publicKey: unknown): string =>
      Buffer.from(parsePublicKey(String(publicKey)).publicKey).toString("base64url");
    assert.deepEqual(
      (await keysOf()).map((key) => key["x"]),
      [xOf(made.body["publicKey"])],
    );
    const rotated = await post(`/v1/endpoints/${id}/rotate-secret`, {});
    assert.equal(rotated.status, 200, rotated.text);
    assert.match(String(rotated.body["secret"]), /^whsec_/);
    assert.equal(made.body["overlapUntil"], null);
    const overlapMs = Date.parse(String(rotated.body["overlapUntil"])) - Date.now();
    assert.ok(overlapMs > 86_300_000 && overlapMs <= 86_400_000, "24 h, where nothing is said");
    assert.notEqual(rotated.body["secret"], made.body["secret"]);
    const both = await keysOf();
    assert.deepEqual(
      both.map((key) => key["x"]),
      [xOf(rotated.body["publicKey"]), xOf(made.body["publicKey"])],
    );
    for (const key of both) assert.deepEqual([key["kty"], key["crv"], key["alg"]], ["OKP", "Ed25519", "EdDSA"]);
    assert.equal(createPublicKey({ key: { ...both[0] }, format: "jwk" }).asymmetricKeyType, "ed25519");
    for (let n = 0; n < 3; n += 1) {
      const { status } = await post(`/v1/endpoints/${id}/rotate-secret`, { overlapSeconds: 604_800 });
      assert.equal(status, 200);
    }
    const capped = await post(`/v1/endpoints/${id}/rotate-secret`, { overlapSeconds: 1 });
    assert.deepEqual([capped.status, capped.body["code"]], [409, "tooManySecrets"]);
    assert.equal((await post(`/v1/endpoints/${id}/rotate-secret`, { overlapSeconds: 0 })).status, 200);
    assert.equal((await keysOf()).length, 1);
    for (const overlapSeconds of [-1, 604_801, 0.5]) {
      assert.equal((await post(`/v1/endpoints/${id}/rotate-secret`, { overlapSeconds })).status, 400);
    }
    const bare = await post(`/v1/endpoints/${id}/rotate-secret`);
    assert.equal(bare.status, 200, bare.text);
    const unknown = "0".repeat(24);
    assert.equal((await post(`/v1/endpoints/${unknown}/rotate-secret`, {})).status, 404);
    assert.equal((await server.call(`/.well-known/webhook-keys/${unknown}`, { key: null })).status, 404);
  });

  it("keeps what a lesser key made shut for it, and opens it for an admin or an echo", async () => {
    const key = await post("/v1/keys", { name: "lesser", scopes: ["endpoints:write"] });
    const lesser = { method: "POST", key: String(key.body["key"]) };
    const receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => response.end(Buffer.concat(chunks)));
    });
    receiver.listen(0, "127.0.0.1");
    await once(receiver, "listening");
    const { port } = receiver.address() as AddressInfo;
    // The name resolves to nothing here, so that it is not known to lie inside of the allowed networks.
    const body = { url: "https://hooks.example.com/in" };
    const made = await server.call("/v1/endpoints", { ...lesser, body });
    assert.equal(made.status, 201, made.text);
    const id = String(made.body["id"]);
    assert.deepEqual([made.body["verified"], made.body["disabledReason"]], [false, "unverified"]);
    const enabled = await server.call(`/v1/endpoints/${id}/enable`, lesser);
    assert.deepEqual([enabled.status, enabled.body["code"]], [409, "endpointUnverified"]);
    const failed = await server.call(`/v1/endpoints/${id}/verify`, lesser);
    assert.deepEqual([failed.status, failed.body["code"]], [409, "notEchoed"]);
    assert.equal((await post(`/v1/endpoints/${id}/enable`)).body["verified"], true);
    const here = await server.call("/v1/endpoints", { ...lesser, body: { url: `http://127.0.0.1:${port}/` } });
    const echoed = await server.call(`/v1/endpoints/${String(here.body["id"])}/verify`, lesser);
    assert.deepEqual([echoed.status, echoed.body["verified"]], [200, true], echoed.text);
    receiver.close();
    assert.equal((await post(`/v1/endpoints/${"0".repeat(24)}/verify`)).status, 404);
  });
});
