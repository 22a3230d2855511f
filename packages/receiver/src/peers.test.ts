// The faults of the common libraries (peers.md e), each shown on the library itself and then to be absent here.
import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { createReceiver } from "./receive.ts";
import { GOLDEN_NAMES, golden, SECRET, type Signed, signed, utf8 } from "./signed.fixture.ts";

const LIBRARIES = { standardwebhooks: StandardWebhook, svix: SvixWebhook } as const;
const nowSeconds = (): number => Math.floor(Date.now() / 1000); // the libraries take no other clock

async function ours(request: Signed, secret: string | Uint8Array = SECRET): Promise<string> {
  const { result } = await createReceiver({ secrets: [secret] }).receive(request);
  return result.kind === "refused" ? result.reason : "accepted";
}

function theirs(library: keyof typeof LIBRARIES, { body, headers }: Signed, secret = SECRET): string {
  try {
    new LIBRARIES[library](secret).verify(Buffer.from(body).toString(), headers);
    return "accepted";
  } catch (error) {
    return (error as Error).name;
  }
}

/** Signs a timestamp that our own signer would refuse. */
function withTimestamp(timestamp: string): Signed {
  const body = golden("passed");
  const key = Buffer.from(SECRET.slice("whsec_".length), "base64");
  const mac = createHmac("sha256", key).update(`id.${timestamp}.`).update(body).digest("base64");
  return { body, headers: { "webhook-id": "id", "webhook-timestamp": timestamp, "webhook-signature": `v1,${mac}` } };
}

describe("agreement with npm standardwebhooks and svix", () => {
  it("is whole on valid input: what they sign we take, and what we sign they take, for every golden body", async () => {
    for (const name of GOLDEN_NAMES) {
      const body = golden(name);
      const request = await signed({ id: name, body, atSeconds: nowSeconds() });
      for (const library of ["standardwebhooks", "svix"] as const) {
        assert.equal(theirs(library, request), "accepted", `${library} ${name}`);
        const at = new Date(nowSeconds() * 1000);
        const signature = new LIBRARIES[library](SECRET).sign(name, at, Buffer.from(body).toString());
        const headers = {
          ...request.headers,
          "webhook-timestamp": String(at.getTime() / 1000),
          "webhook-signature": signature,
        };
        assert.equal(await ours({ body, headers }), "accepted", `${library} ${name}`);
      }
    }
  });

  it("is whole on forged, stale and future requests, which all three refuse", async () => {
    const good = await signed({ atSeconds: nowSeconds() });
    const other = { ...good, body: golden("mask") };
    const requests = [other, ...(await Promise.all([-301, 302].map((by) => signed({ atSeconds: nowSeconds() + by }))))];
    for (const request of requests) {
      for (const library of ["standardwebhooks", "svix"] as const)
        assert.notEqual(theirs(library, request), "accepted");
      assert.notEqual(await ours(request), "accepted");
    }
  });
});

describe("faults of the common libraries, absent here", () => {
  it("a timestamp with letters or a fraction behind it passes there and is bad_timestamp here", async () => {
    for (const tail of ["abc", ".9"]) {
      const request = withTimestamp(`${nowSeconds()}${tail}`);
      // It is signed over the text as sent here; there over the number that was read out of it.
      const number = withTimestamp(String(nowSeconds()));
      const lax = {
        ...number,
        headers: { ...number.headers, "webhook-timestamp": `${number.headers["webhook-timestamp"] ?? ""}${tail}` },
      };
      assert.ok(
        [request, lax].some((each) => theirs("standardwebhooks", each) === "accepted"),
        tail,
      );
      for (const each of [request, lax]) assert.equal(await ours(each), "bad_timestamp");
    }
  });

  it("a web Headers and the bytes themselves are refused there and taken here", async () => {
    const { body, headers } = await signed({ atSeconds: nowSeconds() });
    const library = new StandardWebhook(SECRET);
    assert.throws(() => library.verify(Buffer.from(body).toString(), new Headers(headers) as never));
    assert.throws(() => library.verify(Uint8Array.from(body) as never, headers));
    const { status } = await createReceiver({ secrets: [SECRET] }).receive({ body, headers: new Headers(headers) });
    assert.equal(status, 204);
  });

  it("bodies 0xFF and 0xFE share one signature there, and none here", async () => {
    const one = await signed({ body: Uint8Array.of(0xff), atSeconds: nowSeconds() });
    const key = Buffer.from(SECRET.slice("whsec_".length), "base64");
    const text = `${one.headers["webhook-id"] ?? ""}.${one.headers["webhook-timestamp"] ?? ""}.\uFFFD`;
    const decoded = `v1,${createHmac("sha256", key).update(text).digest("base64")}`;
    const at = new Date(Number(one.headers["webhook-timestamp"]) * 1000);
    for (const library of ["standardwebhooks", "svix"] as const) {
      for (const byte of [0xff, 0xfe]) {
        const made = new LIBRARIES[library](SECRET).sign(
          String(one.headers["webhook-id"]),
          at,
          Buffer.of(byte).toString(),
        );
        assert.equal(made, decoded, library);
      }
      assert.notEqual(theirs(library, one), "accepted", "a correct signature over such bytes is refused");
    }
    assert.equal(await ours(one), "invalid_utf8", "the signature held, the JSON does not");
    assert.equal(await ours({ ...one, body: Uint8Array.of(0xfe) }), "signature_mismatch");
  });

  it("a secret of one byte and of 200 bytes passes there and is refused here", () => {
    for (const length of [1, 200]) {
      const secret = `whsec_${randomBytes(length).toString("base64")}`;
      assert.doesNotThrow(() => new StandardWebhook(secret));
      assert.throws(() => createReceiver({ secrets: [secret] }), /24 to 64 bytes/);
    }
  });

  it("a hex text decodes to a wrong key in silence there and is refused here", () => {
    const hex = randomBytes(24).toString("hex");
    assert.doesNotThrow(() => new StandardWebhook(hex));
    assert.throws(() => createReceiver({ secrets: [hex] }), /whsec_/);
  });

  it("a header with 1,000 signatures is looked through there and refused here", async () => {
    const { body, headers } = await signed({ atSeconds: nowSeconds() });
    const good = String(headers["webhook-signature"]);
    const many = { body, headers: { ...headers, "webhook-signature": `${"v1,AA== ".repeat(1000)}${good}` } };
    assert.equal(theirs("standardwebhooks", many), "accepted");
    assert.equal(await ours(many), "bad_signature_header");
    const few = { body, headers: { ...headers, "webhook-signature": `${"v1,AA== ".repeat(20)}${good}` } };
    assert.equal(await ours(few), "too_many_signatures");
  });

  it("signed bytes that are not JSON leave as a bare SyntaxError there and as a named refusal here", async () => {
    const request = await signed({ body: utf8("not json"), atSeconds: nowSeconds() });
    assert.equal(theirs("standardwebhooks", request), "SyntaxError");
    assert.equal(await ours(request), "not_json");
  });

  it("an empty body is no value there and a named refusal here", async () => {
    const { body, headers } = await signed({ body: new Uint8Array(0), atSeconds: nowSeconds() });
    let told: unknown = "nothing yet";
    try {
      told = new StandardWebhook(SECRET).verify(Buffer.from(body).toString(), headers);
    } catch (error) {
      told = (error as Error).name;
    }
    assert.ok(told === undefined || told === "SyntaxError");
    assert.equal(await ours({ body, headers }), "not_json");
  });

  it("one secret at a time there, any number here", async () => {
    const request = await signed({ atSeconds: nowSeconds() });
    const { status } = await createReceiver({
      secrets: [`whsec_${randomBytes(32).toString("base64")}`, SECRET],
    }).receive(request);
    assert.equal(status, 204);
  });
});
