import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseVerifyKey, verify } from "@sameface/contract";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { VaultError } from "../vault/vault-error.ts";
import { claimOf, makeEndpoint, makeVault } from "./claimed.fixture.ts";
import { NODE_SIGNING } from "./node-signing.ts";
import { openHeaders, sealHeaders } from "./sealed-endpoint.ts";
import { signRequest } from "./sign-request.ts";

const vault = makeVault();
const nowMs = Date.now();
const options = { vault, nowMs, version: "1.2.3" };
const nowSeconds = Math.floor(nowMs / 1_000);

describe("signRequest", () => {
  it("writes the headers of the contract", async () => {
    const { endpoint } = await makeEndpoint(vault);
    const claimed = claimOf(endpoint, { attemptNumber: 3, outcome: "not-recognized" });
    const headers = await signRequest(claimed, options);
    assert.deepEqual(
      { ...headers, "webhook-signature": headers["webhook-signature"]?.replaceAll(/,\S+/g, ",…") },
      {
        "content-type": "application/json",
        "accept-encoding": "identity",
        "user-agent": "sameface/1.2.3",
        "webhook-id": claimed.eventId,
        "webhook-timestamp": String(nowSeconds),
        "webhook-signature": "v1,… v1a,…",
        "sameface-outcome": "not-recognized",
        "sameface-attempt": "3",
      },
    );
  });

  it("tells the place in the feed to an ordered endpoint, and of what is no event nothing", async () => {
    const { endpoint } = await makeEndpoint(vault);
    const claimed = claimOf({ ...endpoint, ordered: true }, { sequence: 7 });
    assert.equal((await signRequest(claimed, options))["sameface-sequence"], "7");
    const challenge = await signRequest({ ...claimed, sequence: null }, options);
    assert.ok(!("sameface-sequence" in challenge));
  });

  it("is verified by each kind of key alone, with our verifier, over WebCrypto and over Node's crypto", async () => {
    const { endpoint, secret, publicKey } = await makeEndpoint(vault);
    const claimed = claimOf(endpoint);
    const headers = await signRequest(claimed, options);
    for (const key of [secret, publicKey]) {
      for (const primitives of [{}, NODE_SIGNING]) {
        const request = { body: claimed.body, headers, nowSeconds, keys: [parseVerifyKey(key)], ...primitives };
        assert.deepEqual(await verify(request), { ok: true, id: claimed.eventId, timestampSeconds: nowSeconds });
        const forged = await verify({ ...request, body: new TextEncoder().encode("{}") });
        assert.deepEqual(forged, { ok: false, reason: "signature_mismatch" });
      }
    }
  });

  it("is verified by standardwebhooks and by svix", async () => {
    const { endpoint, secret } = await makeEndpoint(vault);
    const claimed = claimOf(endpoint);
    const headers = { ...(await signRequest(claimed, options)) };
    const body = new TextDecoder().decode(claimed.body);
    assert.deepEqual(new StandardWebhook(secret).verify(body, headers), JSON.parse(body));
    // svix answers nothing: it throws or it does not.
    new SvixWebhook(secret).verify(body, headers);
    for (const verifier of [new StandardWebhook(secret), new SvixWebhook(secret)]) {
      assert.throws(() => verifier.verify(`${body} `, headers));
    }
  });

  it("signs with every live secret, so that either side of a rotation verifies", async () => {
    const old = await makeEndpoint(vault);
    const { tenantId, endpointId } = old.endpoint;
    const { endpoint: next, secret, publicKey } = await makeEndpoint(vault);
    // The new secrets are sealed again for the endpoint whose rotation this is.
    const moved = next.secrets.map((one) => ({
      ...one,
      sealed: vault.seal(vault.open(one.sealed, ["endpoint secret", tenantId, next.endpointId, one.secretId]), [
        "endpoint secret",
        tenantId,
        endpointId,
        one.secretId,
      ]),
    }));
    const claimed = claimOf({ ...old.endpoint, secrets: [...old.endpoint.secrets, ...moved] });
    const headers = await signRequest(claimed, options);
    for (const key of [old.secret, old.publicKey, secret, publicKey]) {
      const verified = await verify({ body: claimed.body, headers, nowSeconds, keys: [parseVerifyKey(key)] });
      assert.ok(verified.ok, key.slice(0, 6));
    }
  });

  it("puts HMAC before Ed25519, whatever the order of the rows", async () => {
    const { endpoint } = await makeEndpoint(vault);
    for (const secrets of [endpoint.secrets, endpoint.secrets.toReversed()]) {
      const headers = await signRequest(claimOf({ ...endpoint, secrets }), options);
      assert.match(headers["webhook-signature"] ?? "", /^v1,\S+ v1a,\S+$/);
    }
  });

  it("makes a fresh timestamp and signature for each attempt and leaves the id alone", async () => {
    const { endpoint } = await makeEndpoint(vault);
    const claimed = claimOf(endpoint);
    const first = await signRequest(claimed, options);
    const second = await signRequest({ ...claimed, attemptNumber: 2 }, { ...options, nowMs: nowMs + 5_000 });
    assert.equal(first["webhook-id"], second["webhook-id"]);
    assert.notEqual(first["webhook-timestamp"], second["webhook-timestamp"]);
    assert.notEqual(first["webhook-signature"], second["webhook-signature"]);
  });

  it("adds the endpoint's own headers, which replace the user agent and nothing else of ours", async () => {
    const { endpoint } = await makeEndpoint(vault);
    const own = { authorization: "Bearer t", "user-agent": "mine", "webhook-id": "theirs", "accept-encoding": "gzip" };
    const sealedHeaders = sealHeaders(own, { ...endpoint, vault });
    const claimed = claimOf({ ...endpoint, sealedHeaders });
    const headers = await signRequest(claimed, options);
    assert.equal(headers["authorization"], "Bearer t");
    assert.equal(headers["user-agent"], "mine");
    assert.equal(headers["webhook-id"], claimed.eventId);
    assert.equal(headers["accept-encoding"], "identity");
  });

  it("fails when a secret or the own headers belong to another tenant or endpoint", async () => {
    const { endpoint } = await makeEndpoint(vault);
    const sealedHeaders = sealHeaders({ a: "b" }, { ...endpoint, vault });
    const tampered = (error: unknown): boolean => error instanceof VaultError && error.code === "tampered";
    for (const other of [{ tenantId: "other" }, { endpointId: "other" }]) {
      await assert.rejects(signRequest(claimOf({ ...endpoint, ...other }), options), tampered);
      assert.throws(() => openHeaders({ ...endpoint, sealedHeaders, ...other }, vault), tampered);
    }
    await assert.rejects(signRequest(claimOf({ ...endpoint, secrets: [] }), options));
  });
});
