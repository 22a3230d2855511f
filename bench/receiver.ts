// npm run bench -- receiver: what a receiver does with one request, beside what the common library does, in one run.
import { readFileSync } from "node:fs";
import {
  classify,
  createVerifier,
  type Mac,
  parseSecret,
  parseSigningKey,
  parseStrictJson,
  parseVerifyKey,
  sign,
} from "@sameface/contract";
import { createReceiver } from "@sameface/receiver";
import { nodeHash, nodeMac } from "@sameface/receiver/node";
import { Webhook } from "standardwebhooks";
import type { Bench } from "./bench.ts";

const ROUNDS = 31;
const WARM_UP = 5;
const REQUESTS = 1000;
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** One way to take one request. */
type Way = () => unknown;

interface Signed {
  readonly body: Uint8Array;
  readonly headers: Record<string, string>;
  readonly nowSeconds: number;
}

async function signedRequest(): Promise<Signed> {
  const body = Uint8Array.from(readFileSync(new URL("../packages/contract/payloads/passed.json", import.meta.url)));
  const nowSeconds = Math.floor(Date.now() / 1000); // the library takes no other clock
  const id = "0be5f261d076492d9d3b74f6";
  const signature = await sign({ id, timestampSeconds: nowSeconds, body, keys: [parseSigningKey(SECRET)] });
  const ours = { "webhook-id": id, "webhook-timestamp": String(nowSeconds), "webhook-signature": signature };
  return { body, headers: { host: "127.0.0.1", "content-type": "application/json", ...ours }, nowSeconds };
}

/** Verify, parse, classify: all that stands between the bytes and a typed outcome. */
function receiving({ body, headers, nowSeconds }: Signed, primitives: { readonly mac?: Mac }): Way {
  const verify = createVerifier({ ...primitives, keys: [parseVerifyKey(SECRET)] });
  return async () => {
    const verified = await verify({ body, headers, nowSeconds });
    const json = parseStrictJson(body);
    if (!verified.ok || !json.ok || classify(json.value).kind !== "passed") throw new Error("not passed");
  };
}

/** Its `verify` parses too; the bytes have to become a text first, since it takes no others. */
function receivingByLibrary({ body, headers }: Signed): Way {
  const library = new Webhook(SECRET);
  const bytes = Buffer.from(body);
  return () => library.verify(bytes.toString(), headers);
}

function ways(request: Signed): Readonly<Record<"ours" | "library" | "hmac" | "webCrypto" | "receive", Way>> {
  const parts = [Buffer.from(`0be5f261d076492d9d3b74f6.${request.nowSeconds}.`), request.body];
  const { secret } = parseSecret(SECRET);
  const receiver = createReceiver({ secrets: [SECRET], mac: nodeMac, hash: nodeHash });
  return {
    ours: receiving(request, { mac: nodeMac }),
    library: receivingByLibrary(request),
    hmac: () => nodeMac(secret, parts),
    webCrypto: receiving(request, {}),
    receive: async () => await receiver.receive(request),
  };
}

/** Requests a second of this process's own time: what else the machine does is not counted. */
async function perSecond(way: Way): Promise<number> {
  const before = process.cpuUsage();
  for (let request = 0; request < REQUESTS; request += 1) {
    const done = way();
    if (done instanceof Promise) await done;
  }
  const { user, system } = process.cpuUsage(before);
  return (REQUESTS / (user + system)) * 1e6;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** All ways in turn, round after round, so that a slow moment of the machine is every way's. */
export const receiverBench: Bench = async (progress) => {
  const all = Object.entries(ways(await signedRequest()));
  const found: Record<string, number[]> = {};
  for (let round = 0; round < ROUNDS + WARM_UP; round += 1) {
    for (const [name, way] of all) {
      const rate = await perSecond(way);
      if (round >= WARM_UP) (found[name] ??= []).push(rate);
    }
    if (round % 10 === 0) progress(`round ${round + 1} of ${ROUNDS + WARM_UP}`);
  }
  const rate = (name: string): number => Math.round(median(found[name] ?? []));
  const ratio = Number((rate("ours") / rate("library")).toFixed(2));
  const figures = {
    perSecond: rate("ours"),
    standardwebhooksPerSecond: rate("library"),
    ratio,
    hmacPerSecond: rate("hmac"),
    hmacRatio: Number((rate("ours") / rate("hmac")).toFixed(2)),
    webCryptoPerSecond: rate("webCrypto"),
    receivePerSecond: rate("receive"),
  };
  const lines = [
    `${ratio} × standardwebhooks: verify, parse and classify ${figures.perSecond}/s, its verify and parse ${figures.standardwebhooksPerSecond}/s`,
    `${figures.hmacRatio} of the bare HMAC, ${figures.hmacPerSecond}/s`,
    `with WebCrypto's HMAC ${figures.webCryptoPerSecond}/s; a known event through receive() ${figures.receivePerSecond}/s`,
  ];
  return { figures, lines };
};
