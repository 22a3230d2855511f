import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { Readable } from "node:stream";
import { before, describe, it } from "node:test";
import { runInNewContext } from "node:vm";
import type { HeadersLike } from "@sameface/contract";
import { nodeHash, nodeMac } from "./adapters/node.ts";
import { MAX_BODY_BYTES } from "./collect-body.ts";
import { corpus } from "./corpora.fixture.ts";
import { createReceiver, type ReceiverOptions } from "./receive.ts";
import { REFUSAL_STATUS, type Refusal } from "./refusals.ts";
import type { Reply } from "./reply.ts";
import {
  GOLDEN_NAMES,
  golden,
  ID,
  NOW_SECONDS,
  SECRET,
  type Signed,
  signed,
  testClock,
  utf8,
} from "./signed.fixture.ts";

const jsonSuite = corpus("json-test-suite", 318);
const naughty = corpus("blns", 515);
const PASSED = golden("passed");

async function receive(body: unknown, headers: HeadersLike): Promise<Reply> {
  return await createReceiver({ secrets: [SECRET], ...testClock() }).receive({ body, headers });
}

async function verdict(body: unknown, headers: HeadersLike): Promise<string> {
  const { result } = await receive(body, headers);
  return result.kind === "refused" ? result.reason : result.kind;
}

async function verdictOnSigned(body: Uint8Array | string): Promise<string> {
  const request = await signed({ body: typeof body === "string" ? utf8(body) : body });
  return await verdict(request.body, request.headers);
}

describe("hostile requests", () => {
  let request: Signed;

  before(async () => {
    request = await signed();
  });

  it("answers each refusal by its name and the status of the table", async () => {
    const { headers } = request;
    const cases: [Record<string, string | string[]>, Refusal, number][] = [
      [{ "webhook-id": "" }, "missing_id", 400],
      [{ "webhook-timestamp": "" }, "missing_timestamp", 400],
      [{ "webhook-signature": "" }, "missing_signature", 400],
      [{ "webhook-id": [ID, ID] }, "duplicate_header", 400],
      [{ "webhook-id": "a.b" }, "bad_id", 400],
      [{ "webhook-timestamp": "1abc" }, "bad_timestamp", 400],
      [{ "webhook-timestamp": `${NOW_SECONDS}000` }, "bad_timestamp", 400],
      [{ "webhook-timestamp": String(NOW_SECONDS - 301) }, "timestamp_too_old", 400],
      [{ "webhook-timestamp": String(NOW_SECONDS + 301) }, "timestamp_too_new", 400],
      [{ "webhook-signature": "v1" }, "bad_signature_header", 400],
      [{ "webhook-signature": "v1,AA== ".repeat(21) }, "too_many_signatures", 400],
      [{ "webhook-signature": "v2,AA==" }, "no_supported_signature", 401],
      [{ "webhook-signature": "v1a,garbage" }, "no_supported_signature", 401],
      [{ "webhook-signature": "v1,AA==" }, "signature_mismatch", 401],
      [{ "webhook-signature": `v1,${"A".repeat(65_536)}` }, "bad_signature_header", 400],
    ];
    for (const [change, reason, status] of cases) {
      const reply = await receive(PASSED, { ...headers, ...change });
      assert.deepEqual(
        [reply.status, reply.headers, reply.body],
        [status, { "content-type": "application/json" }, JSON.stringify({ reason })],
        JSON.stringify(change).slice(0, 100),
      );
      assert.equal(REFUSAL_STATUS[reason], status);
    }
  });

  it("reads headers from a web Headers and from a record alike", async () => {
    assert.equal(await verdict(PASSED, new Headers(request.headers)), "unhandled");
    assert.equal(await verdict(PASSED, { ...request.headers, other: undefined }), "unhandled");
    assert.equal(await verdict(PASSED, {}), "missing_id");
  });

  it("takes the bytes as a Uint8Array, a Buffer, a part of a larger buffer, an ArrayBuffer or from another realm", async () => {
    const around = Buffer.concat([Buffer.from("##"), PASSED, Buffer.from("##")]);
    const foreign = runInNewContext("Uint8Array.from(bytes)", { bytes: [...PASSED] }) as unknown;
    const bodies = [PASSED, Buffer.from(PASSED), around.subarray(2, -2), Uint8Array.from(PASSED).buffer, foreign];
    for (const body of bodies) assert.equal(await verdict(body, request.headers), "unhandled");
  });

  it("refuses whatever is not bytes with the mend of each framework, and as retryable, so that nothing is lost", async () => {
    const text = new TextDecoder().decode(PASSED);
    const parsed: unknown = JSON.parse(text);
    for (const body of [parsed, text, undefined, null, 1, [], Readable.from([PASSED]), new Response(text).body]) {
      const reply = await receive(body, request.headers);
      assert.deepEqual([reply.status, reply.result], [500, { kind: "refused", reason: "parsed_body" }]);
      for (const name of ["express.json()", "Next.js", "Nest", "Fastify", "Koa", "Lambda", "Cloud Functions"]) {
        assert.ok(reply.body.includes(name), name);
      }
    }
  });

  it("refuses bytes that are not those that were signed: re-serialised, CRLF, one space more, re-encoded", async () => {
    const text = new TextDecoder().decode(PASSED);
    const others = [
      JSON.stringify(JSON.parse(text)),
      text.replaceAll("\n", "\r\n"),
      `${text} `,
      ` ${text}`,
      text.slice(0, -1),
      "",
    ];
    for (const other of others) assert.equal(await verdict(utf8(other), request.headers), "signature_mismatch", other);
    const invalid = await signed({ body: Uint8Array.of(0xff) });
    assert.equal(await verdict(Uint8Array.of(0xff), invalid.headers), "invalid_utf8");
    assert.equal(await verdict(Uint8Array.of(0xfe), invalid.headers), "signature_mismatch");
    assert.equal(await verdict(utf8("\uFFFD"), invalid.headers), "signature_mismatch");
  });

  it("reads a body of 1 MiB and refuses one byte more before it looks at the signature", async () => {
    const body = new Uint8Array(MAX_BODY_BYTES).fill(0x20);
    body.set(PASSED);
    assert.equal(await verdictOnSigned(body), "unhandled");
    assert.equal(await verdict(new Uint8Array(MAX_BODY_BYTES + 1), {}), "too_large");
    assert.equal(REFUSAL_STATUS.too_large, 413);
  });

  it("names what is wrong with signed bytes that are no notification", async () => {
    const cases: [Uint8Array | string, Refusal][] = [
      ["", "not_json"],
      ["not json", "not_json"],
      ["\uFEFF{}", "byte_order_mark"],
      [Buffer.from("{}", "utf16le"), "not_json"],
      [`${"[".repeat(33)}${"]".repeat(33)}`, "too_deep"],
      ['{"customerId":"c","overallStatus":"FAIL","faceMatch":false,"faceMatch":true}', "duplicate_key"],
      ['{"__proto__":{"overallStatus":"PASS"}}', "forbidden_key"],
      ['{"customerId":"a\\u0000"}', "null_character"],
      ['{"customerId":"\\ud800"}', "unpaired_surrogate"],
      ['{"spoofConfidence":1e400}', "number_out_of_range"],
      ["null", "malformed"],
      ["[]", "malformed"],
      ["{}", "malformed"],
      ['{"customerId":1,"overallStatus":"PASS"}', "malformed"],
      ['{"customerId":"c","overallStatus":"pass"}', "malformed"],
    ];
    for (const [body, reason] of cases) {
      const request = await signed({ body: typeof body === "string" ? utf8(body) : body });
      const reply = await receive(request.body, request.headers);
      assert.deepEqual([reply.status, reply.result], [400, { kind: "refused", reason }], String(body));
    }
    assert.equal("overallStatus" in {}, false);
  });

  it("refuses nesting to the size limit in a few milliseconds", async () => {
    const body = new Uint8Array(MAX_BODY_BYTES).fill(0x5b);
    const request = await signed({ body });
    const times: number[] = [];
    for (let time = 0; time < 5; time += 1) {
      const before = performance.now();
      assert.equal(await verdict(body, request.headers), "too_deep");
      times.push(performance.now() - before);
    }
    // The best of five; of this, the MAC over 1 MiB takes most, and the 5 ms of B13 are contract's test.
    assert.ok(Math.min(...times) <= 25, `${Math.min(...times)} ms`);
  });

  it("judges JSONTestSuite exactly as pinned: 91 of 95 y, 0 of 188 n, 5 of 35 i", {
    skip: jsonSuite.skip,
  }, async () => {
    const folder = join(jsonSuite.folder, "test_parsing");
    const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
    const accepted: string[] = [];
    for (const file of files) {
      // None is a notification, so what is read as JSON is refused as malformed and no sooner.
      const reason = await verdictOnSigned(Uint8Array.from(readFileSync(join(folder, file))));
      if (reason === "malformed") accepted.push(file);
    }
    const of = (kind: string, list: readonly string[]): string[] => list.filter((file) => file.startsWith(`${kind}_`));
    assert.deepEqual([of("y", files).length, of("n", files).length, of("i", files).length], [95, 188, 35]);
    assert.deepEqual(
      of("y", files).filter((file) => !accepted.includes(file)),
      [
        "y_object_duplicated_key.json",
        "y_object_duplicated_key_and_value.json",
        "y_object_escaped_null_in_key.json",
        "y_string_null_escape.json",
      ],
    );
    assert.deepEqual(of("n", accepted), []);
    assert.deepEqual(of("i", accepted), [
      "i_number_double_huge_neg_exp.json",
      "i_number_real_underflow.json",
      "i_number_too_big_neg_int.json",
      "i_number_too_big_pos_int.json",
      "i_number_very_big_negative_int.json",
    ]);
  });

  it("hands naughty strings over verbatim as customerId and as any other key", { skip: naughty.skip }, async () => {
    const strings = JSON.parse(readFileSync(join(naughty.folder, "blns.json"), "utf8")) as string[];
    const seen: unknown[] = [];
    const receiver = createReceiver({ secrets: [SECRET], ...testClock() }).on("not-passed", ({ customerId, body }) => {
      seen.push([customerId, (body as unknown as Record<string, unknown>)["other"]]);
    });
    for (const [index, text] of strings.entries()) {
      const body = utf8(JSON.stringify({ customerId: text, other: text, overallStatus: "FAIL" }));
      const { status } = await receiver.receive(await signed({ id: String(index), body }));
      assert.equal(status, 204, text);
    }
    assert.equal(strings.length, 515);
    assert.deepEqual(
      seen,
      strings.map((text) => [text, text]),
    );
  });

  it("accepts none of 100,000 single-bit flips of id, timestamp, body, signature and secret", async () => {
    let flips = 0;
    // Round after round another body, id and secret; the first with WebCrypto, the others with what Node hosts hand in.
    for (let round = 0; flips < 100_000; round += 1) {
      flips += await flipAll(
        GOLDEN_NAMES[round % GOLDEN_NAMES.length] ?? "passed",
        round === 0 ? {} : { mac: nodeMac, hash: nodeHash },
      );
    }
  });
});

/** Flips every bit of a message that is accepted as it is, one at a time; asserts that each is refused, and counts them. */
async function flipAll(name: string, options: Pick<ReceiverOptions, "mac" | "hash">): Promise<number> {
  const secret = randomBytes(24);
  const id = randomBytes(12).toString("hex");
  const request = await signed({ id, body: golden(name), keys: [`whsec_${secret.toString("base64")}`] });
  const { headers, body } = request;
  const receiver = createReceiver({ ...options, secrets: [secret], ...testClock() });
  let flips = 0;
  const refused = async (changed: Signed, by = receiver): Promise<void> => {
    flips += 1;
    const { result } = await by.receive(changed);
    assert.equal(result.kind, "refused", JSON.stringify(changed.headers));
  };
  for (const bytes of flipsOf(body)) await refused({ body: bytes, headers });
  for (const header of ["webhook-id", "webhook-timestamp", "webhook-signature"]) {
    for (const bytes of flipsOf(Buffer.from(String(headers[header]), "latin1"))) {
      await refused({ body, headers: { ...headers, [header]: Buffer.from(bytes).toString("latin1") } });
    }
  }
  for (const flipped of flipsOf(secret)) {
    await refused(request, createReceiver({ ...options, secrets: [flipped], ...testClock() }));
  }
  assert.equal(flips, 8 * (body.length + id.length + 10 + 47 + 24));
  assert.equal((await receiver.receive(request)).status, 204);
  return flips;
}

/** Every copy that differs in one bit. */
function* flipsOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
    const copy = Uint8Array.from(bytes);
    copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield copy;
  }
}
