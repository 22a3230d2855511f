import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseVerifyKey, verify } from "@sameface/contract";
import { makeEndpoint, makeVault } from "./claimed.fixture.ts";
import { createKeyRing } from "./key-ring.ts";

const vault = makeVault();
const nowSeconds = Math.floor(Date.now() / 1000);
const request = { id: "one", timestampSeconds: nowSeconds, body: new TextEncoder().encode("{}") };

describe("createKeyRing", () => {
  it("opens the secrets of an endpoint once, and signs with both each time", async () => {
    const { endpoint, secret, publicKey } = await makeEndpoint(vault);
    let opened = 0;
    const ring = createKeyRing({
      ...vault,
      open: (sealed, context) => {
        opened += 1;
        return vault.open(sealed, context);
      },
    });
    for (let n = 0; n < 3; n += 1) {
      const headers = {
        "webhook-id": "one",
        "webhook-timestamp": String(nowSeconds),
        "webhook-signature": await ring.sign({ ...endpoint }, request),
      };
      for (const key of [secret, publicKey]) {
        assert.ok((await verify({ ...request, headers, nowSeconds, keys: [parseVerifyKey(key)] })).ok);
      }
    }
    assert.equal(opened, 2);
  });

  it("opens anew what changed, and refuses a secret that was copied to another endpoint or tenant", async () => {
    const { endpoint } = await makeEndpoint(vault);
    const { endpoint: other } = await makeEndpoint(vault);
    const ring = createKeyRing(vault);
    const before = await ring.sign(endpoint, request);
    assert.notEqual(await ring.sign({ ...endpoint, secrets: endpoint.secrets.slice(0, 1) }, request), before);
    await assert.rejects(ring.sign({ ...other, secrets: endpoint.secrets }, request));
    await assert.rejects(ring.sign({ ...endpoint, tenantId: "another" }, request));
  });
});
