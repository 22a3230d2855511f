import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { ContractError, generateEd25519, generateSecret, type ReceivedOutcome } from "@sameface/contract";
import type { HandlerName } from "./handlers.ts";
import { createReceiver, type Receiver, type ReceiverOptions } from "./receive.ts";
import type { ReceivedEvent } from "./received-event.ts";
import { ReceiverError } from "./receiver-error.ts";
import {
  GOLDEN_NAMES,
  golden,
  ID,
  NOW_SECONDS,
  OTHER_SECRET,
  SECRET,
  type Signed,
  signed,
  testClock,
  utf8,
} from "./signed.fixture.ts";

const random = { bytes: (length: number): Uint8Array => randomBytes(length) };

/** Which handler takes each golden body. */
const KINDS: Readonly<Record<string, ReceivedOutcome["kind"]>> = {
  passed: "passed",
  "passed-with-lenses": "passed",
  "unknown-customer": "unknown-customer",
  blocklisted: "blocklisted",
  spoof: "spoof",
  "not-recognized": "not-recognized",
  lenses: "declined",
  mask: "declined",
  "mask-and-lenses": "declined",
  "head-cover": "declined",
  "face-not-found": "error",
  "face-unclear": "error",
  "image-not-usable": "error",
  "more-than-one-face": "error",
  "too-many-attempts": "error",
  unpredicted: "error",
  "unknown-code": "error",
};

/** What handlers were called with. */
interface Call {
  readonly name: string;
  readonly outcome: ReceivedOutcome;
  readonly event: ReceivedEvent;
}

function receiverWith(names: readonly HandlerName[], options: ReceiverOptions = {}): [Receiver, Call[]] {
  const calls: Call[] = [];
  const receiver = createReceiver({ secrets: [SECRET], ...testClock(), ...options });
  for (const name of names) {
    receiver.on(name, (outcome, event) => {
      calls.push({ name, outcome, event });
    });
  }
  return [receiver, calls];
}

async function resultOf(receiver: Receiver, request: Signed): Promise<string> {
  const { result } = await receiver.receive(request);
  return result.kind === "refused" ? result.reason : result.kind;
}

function hasCode(code: ReceiverError["code"]): (error: unknown) => boolean {
  return (error) => error instanceof ReceiverError && error.code === code;
}

describe("createReceiver", () => {
  it("hands each golden body to the handler of its outcome, typed, with every key kept", async () => {
    const kinds = [...new Set(Object.values(KINDS))];
    assert.deepEqual(Object.keys(KINDS).sort(), [...GOLDEN_NAMES].sort());
    for (const name of GOLDEN_NAMES) {
      const [receiver, calls] = receiverWith([...kinds, "not-passed"]);
      const body = golden(name);
      const reply = await receiver.receive(await signed({ body }));
      assert.deepEqual(reply, { status: 204, headers: {}, body: "", result: { kind: "handled" } });
      assert.deepEqual(
        calls.map((call) => call.name),
        [KINDS[name]],
        name,
      );
      assert.deepEqual(calls[0]?.outcome.body, JSON.parse(new TextDecoder().decode(body)), name);
    }
  });

  it("takes unknown codes, extra keys and a missing transactionId as outcomes with an arm for the unknown", async () => {
    const [receiver, calls] = receiverWith(["not-passed"]);
    const text = '{"customerId":"c","overallStatus":"FAIL","errorCode":31337,"error":"New","neverSeen":{"a":[1]}}';
    await receiver.receive(await signed({ body: utf8(text) }));
    const { body, ...outcome } = calls[0]?.outcome ?? assert.fail("not called");
    assert.deepEqual(outcome, {
      kind: "error",
      customerId: "c",
      transactionId: null,
      code: 31337,
      error: "New",
      message: null,
    });
    assert.deepEqual(Object.keys(body), ["customerId", "overallStatus", "errorCode", "error", "neverSeen"]);
  });

  it("hands over a body that contradicts itself as inconsistent, never as passed", async () => {
    const [receiver, calls] = receiverWith(["passed", "not-passed"]);
    const passed = JSON.parse(new TextDecoder().decode(golden("passed"))) as Record<string, unknown>;
    await receiver.receive(await signed({ body: utf8(JSON.stringify({ ...passed, hasFaceMask: true })) }));
    assert.deepEqual(
      calls.map(({ name, outcome }) => [name, outcome.kind]),
      [["not-passed", "inconsistent"]],
    );
  });

  it("tells the handler the id, the time of signing, whether it is a test, and the exact bytes", async () => {
    const [receiver, calls] = receiverWith(["passed"]);
    await receiver.receive(await signed({ atSeconds: NOW_SECONDS - 7 }));
    assert.deepEqual(calls[0]?.event, {
      id: ID,
      timestampSeconds: NOW_SECONDS - 7,
      test: false,
      possibleRetry: false,
      body: golden("passed"),
    });
  });

  it("hands over by the finer name first, then not-passed, then onUnhandled", async () => {
    const [receiver, calls] = receiverWith(["spoof", "not-passed"]);
    receiver.onUnhandled((outcome, event) => {
      calls.push({ name: "unhandled", outcome, event });
    });
    for (const name of ["spoof", "mask", "passed"]) {
      assert.equal(await resultOf(receiver, await signed({ id: name, body: golden(name) })), "handled");
    }
    assert.deepEqual(
      calls.map((call) => call.name),
      ["spoof", "not-passed", "unhandled"],
    );
  });

  it("acknowledges what nobody handles, and never hands a pass to not-passed", async () => {
    const [receiver, calls] = receiverWith(["not-passed"]);
    const reply = await receiver.receive(await signed());
    assert.deepEqual([reply.status, reply.result.kind, calls.length], [204, "unhandled", 0]);
  });

  it("acknowledges a test send without calling a handler, and again each time", async () => {
    const [receiver, calls] = receiverWith(["passed"]);
    const request = await signed({ id: "test_0be5f261d076492d9d3b74f6" });
    for (let time = 0; time < 2; time += 1) {
      const reply = await receiver.receive(request);
      assert.deepEqual([reply.status, reply.result.kind], [204, "test"]);
    }
    assert.equal(calls.length, 0);
  });

  it("hands a test send to the handler, marked, when asked to", async () => {
    const [receiver, calls] = receiverWith(["passed"], { handleTests: true });
    assert.equal(await resultOf(receiver, await signed({ id: "test_0be5f261d076492d9d3b74f6" })), "handled");
    assert.equal(calls[0]?.event.test, true);
  });

  it("verifies with any of several secrets and public keys, and by no other key", async () => {
    const pair = await generateEd25519(random);
    const stranger = await generateEd25519(random);
    const bytes = randomBytes(24);
    const options = { secrets: [SECRET, OTHER_SECRET, bytes], publicKeys: [pair.publicKey] };
    const verdict = async (keys: readonly string[]): Promise<string> => {
      const [receiver] = receiverWith(["passed"], options);
      return await resultOf(receiver, await signed({ keys }));
    };
    const known = [SECRET, OTHER_SECRET, `whsec_${bytes.toString("base64")}`, pair.privateKey];
    for (const key of known) assert.equal(await verdict([key]), "handled");
    assert.equal(await verdict([generateSecret(random), pair.privateKey]), "handled");
    assert.equal(await verdict([generateSecret(random), stranger.privateKey]), "signature_mismatch");
  });

  it("needs no secret where there is a public key, and then takes no v1", async () => {
    const pair = await generateEd25519(random);
    const receiver = createReceiver({ publicKeys: [pair.publicKey], ...testClock() });
    assert.equal(await resultOf(receiver, await signed({ keys: [SECRET] })), "no_supported_signature");
    assert.equal(await resultOf(receiver, await signed({ keys: [pair.privateKey] })), "unhandled");
  });

  it("takes a time up to 300 s off both ways, included, and 60 to 600 when told so", async () => {
    for (const [toleranceSeconds, seconds] of [
      [undefined, 300],
      [60, 60],
      [600, 600],
    ] as const) {
      const option = toleranceSeconds === undefined ? {} : { toleranceSeconds };
      const verdict = async (offset: number): Promise<string> =>
        await resultOf(receiverWith(["passed"], option)[0], await signed({ atSeconds: NOW_SECONDS + offset }));
      assert.deepEqual(
        await Promise.all([-seconds - 1, -seconds, seconds, seconds + 1].map(verdict)),
        ["timestamp_too_old", "handled", "handled", "timestamp_too_new"],
        String(toleranceSeconds),
      );
    }
  });

  it("refuses a tolerance outside of 60 to 600 s and a lease under a second", () => {
    for (const toleranceSeconds of [59, 601, 0, -1, Number.NaN]) {
      assert.throws(() => createReceiver({ secrets: [SECRET], toleranceSeconds }), hasCode("badOption"));
    }
    for (const leaseMs of [999, 0, -1, Number.NaN]) {
      assert.throws(() => createReceiver({ secrets: [SECRET], leaseMs }), hasCode("badOption"));
    }
  });

  it("refuses at construction to work without a key, or with one that can't be one", () => {
    const wrong = ["", "whsec_", "hexhexhexhexhexhexhexhexhexhexhexhex", `${SECRET} `, `${SECRET}\n`, "whsec_QQ=="];
    const options: ReceiverOptions[] = [{}, { secrets: [] }, { publicKeys: ["whpk_QQ=="] }];
    for (const option of [...options, ...wrong.map((secret) => ({ secrets: [secret] }))]) {
      assert.throws(
        () => createReceiver(option),
        (error) => error instanceof ContractError && /^bad_(secret|public_key)$/.test(error.code),
        JSON.stringify(option),
      );
    }
  });

  it("refuses a second handler of one name", () => {
    const none = (): void => undefined;
    const receiver = createReceiver({ secrets: [SECRET] })
      .on("passed", none)
      .onUnhandled(none)
      .onConflict(none)
      .onError(none);
    assert.throws(() => receiver.on("passed", none), hasCode("handlerTwice"));
    assert.throws(() => receiver.onUnhandled(none), hasCode("handlerTwice"));
    assert.throws(() => receiver.onConflict(none), hasCode("handlerTwice"));
    assert.throws(() => receiver.onError(none), hasCode("handlerTwice"));
  });

  it("uses the machine's clock when none is handed in", async () => {
    const receiver = createReceiver({ secrets: [SECRET] });
    const now = Math.floor(Date.now() / 1000);
    assert.equal(await resultOf(receiver, await signed({ atSeconds: now })), "unhandled");
    assert.equal(await resultOf(receiver, await signed({ atSeconds: now - 3600 })), "timestamp_too_old");
  });
});
