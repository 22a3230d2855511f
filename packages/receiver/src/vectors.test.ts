import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ContractError, classify, createVerifier, parseStrictJson, parseVerifyKey } from "@sameface/contract";
import { createReceiver, type Receiver } from "./receive.ts";
import { SECRET, signed, testClock } from "./signed.fixture.ts";
import { staticHeader } from "./static-header.ts";

const FOLDER = new URL("../../../vectors/", import.meta.url);

interface Judged {
  readonly id: string;
  readonly title: string;
  readonly bodyBase64: string;
  readonly verdict: "accept" | "refuse";
  readonly refusal?: string;
}

interface SignatureVector extends Judged {
  readonly nowSeconds: number;
  readonly toleranceSeconds: number;
  readonly secrets: readonly string[];
  readonly publicKeys: readonly string[];
  readonly headers: readonly (readonly [string, string])[];
}

interface ClassificationVector {
  readonly id: string;
  readonly title: string;
  readonly body: unknown;
  readonly outcome: Readonly<Record<string, unknown>>;
}

interface Answer {
  readonly title: string;
  readonly source: "both" | "sameface" | "incode";
  readonly bodiesBase64: readonly string[];
  readonly handler: "returns" | "throws" | "runs";
  readonly statuses: readonly (number | null)[];
  readonly contentType?: string;
}

function read(name: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")) as Readonly<Record<string, unknown>>;
}

function bytesOf({ bodyBase64 }: { readonly bodyBase64: string }): Uint8Array {
  return Uint8Array.from(Buffer.from(bodyBase64, "base64"));
}

function wantedOf({ verdict, refusal }: Judged): string {
  return verdict === "accept" ? "accept" : (refusal ?? "");
}

/** Doubled names become arrays, as Node's `headersDistinct` has them. */
function recordOf(headers: SignatureVector["headers"]): Record<string, string[]> {
  const record: Record<string, string[]> = {};
  for (const [name, value] of headers) record[name] = [...(record[name] ?? []), value];
  return record;
}

async function verdictOf(vector: SignatureVector): Promise<string> {
  try {
    const verify = createVerifier({ ...vector, keys: [...vector.secrets, ...vector.publicKeys].map(parseVerifyKey) });
    const headers = recordOf(vector.headers);
    const result = await verify({ body: bytesOf(vector), headers, nowSeconds: vector.nowSeconds });
    return result.ok ? "accept" : result.reason;
  } catch (error) {
    if (error instanceof ContractError) return error.code;
    throw error;
  }
}

/** The receiver goes on to read the body, whose own refusals are no verdict on the signature. */
async function receiverVerdictOf(vector: SignatureVector): Promise<string> {
  try {
    const receiver = createReceiver({ ...vector, nowMs: () => vector.nowSeconds * 1000 });
    const { result } = await receiver.receive({ body: bytesOf(vector), headers: recordOf(vector.headers) });
    return result.kind === "refused" && !/json|utf8|malformed/.test(result.reason) ? result.reason : "accept";
  } catch (error) {
    if (error instanceof ContractError) return error.code;
    throw error;
  }
}

/** @param begun called when a handler runs that never ends */
function receiverFor(source: "sameface" | "incode", handler: Answer["handler"], begun: () => void): Receiver {
  const options =
    source === "incode"
      ? { source, auth: staticHeader({ name: "x-secret", values: ["sixteen-characters"] }) }
      : { secrets: [SECRET] };
  const behave = {
    returns: () => undefined,
    throws: () => Promise.reject(new Error("x")),
    runs: () => {
      begun();
      return new Promise<void>(() => undefined);
    },
  };
  return createReceiver({ ...options, ...testClock() })
    .on("not-passed", behave[handler])
    .onConflict(() => undefined)
    .onError(() => undefined);
}

async function checkAnswer(answer: Answer, source: "sameface" | "incode"): Promise<void> {
  const running = Promise.withResolvers<undefined>();
  const receiver = receiverFor(source, answer.handler, () => {
    running.resolve(undefined);
  });
  for (const [index, bodyBase64] of answer.bodiesBase64.entries()) {
    const body = bytesOf({ bodyBase64 });
    const headers = source === "incode" ? { "x-secret": "sixteen-characters" } : (await signed({ body })).headers;
    const replied = receiver.receive({ body, headers });
    const wanted = answer.statuses[index] ?? null;
    if (wanted === null) {
      // Its handler never ends; what comes next has to come after it began.
      await running.promise;
      continue;
    }
    const reply = await replied;
    assert.equal(reply.status, wanted, `${source}: ${answer.title}`);
    if (answer.contentType !== undefined) assert.equal(reply.headers["content-type"], answer.contentType);
  }
}

describe("vectors/", () => {
  it("signature.json: each verdict and named refusal, by the verifier and by the receiver", async () => {
    const vectors = read("signature.json")["vectors"] as SignatureVector[];
    assert.ok(vectors.length >= 95, String(vectors.length));
    for (const vector of vectors) {
      assert.equal(await verdictOf(vector), wantedOf(vector), `${vector.id} ${vector.title}`);
      assert.equal(await receiverVerdictOf(vector), wantedOf(vector), `${vector.id} ${vector.title}`);
    }
  });

  it("parsing.json: each verdict and named refusal", () => {
    const vectors = read("parsing.json")["vectors"] as Judged[];
    assert.ok(vectors.length >= 50, String(vectors.length));
    for (const vector of vectors) {
      const parsed = parseStrictJson(bytesOf(vector));
      assert.equal(parsed.ok ? "accept" : parsed.reason, wantedOf(vector), `${vector.id} ${vector.title}`);
    }
  });

  it("classification.json: each outcome with all that it tells", () => {
    const vectors = read("classification.json")["vectors"] as ClassificationVector[];
    assert.ok(vectors.length >= 60, String(vectors.length));
    for (const { id, title, body, outcome } of vectors) {
      const told = classify(body) as unknown as Readonly<Record<string, unknown>>;
      const pinned = Object.fromEntries(
        Object.entries(told).filter(([key]) => key !== "body" && key !== "why"), // why is prose
      );
      assert.deepEqual(pinned, outcome, `${id} ${title}`);
    }
  });

  it("acknowledgement.json: the status that a receiver gives, for both sources", async () => {
    for (const answer of read("acknowledgement.json")["answers"] as Answer[]) {
      for (const source of ["sameface", "incode"] as const) {
        if (answer.source === "both" || answer.source === source) await checkAnswer(answer, source);
      }
    }
  });

  it("are what the independent script makes", async () => {
    await promisify(execFile)("python3", [fileURLToPath(new URL("make.py", FOLDER)), "--check"]);
  });
});
