import { createHmac, randomBytes } from "node:crypto";
import { generateSecret, HEADERS, parseSigningKey, type SigningKey, sample, sign } from "@sameface/contract";
import { type MadeRequest, makeRequest } from "./make-request.ts";

/** A request that no honest sender sends, or that few receivers are tried with. */
export interface OddRequest {
  /** What is odd about it, for help and reports. */
  readonly about: string;
  /** The body that is signed; absent: that of the sample `passed`. */
  readonly body?: () => Uint8Array;
  /** Seconds that the sender's clock is off. */
  readonly clockSeconds?: number;
  /** Signs with a key that the receiver does not have. */
  readonly isForged?: true;
  /** Changes what was signed. */
  readonly change?: (request: MadeRequest, signing: Signing) => MadeRequest | Promise<MadeRequest>;
}

/** What a request is signed with. */
export interface Signing {
  readonly id: string;
  readonly keys: readonly SigningKey[];
  readonly timestampSeconds: number;
}

/** Beyond the tolerance of any receiver: 600 s is the most that ours can be set to (reliability.md T16). */
const FAR_SECONDS = 660;
const MEBIBYTE = 1_048_576;

/** All of them, for `trigger` and `certify`. */
export const ODD_REQUESTS = {
  "extra-keys": { about: "keys that nobody knows yet", body: () => passedWith({ ageRange: [30, 40], hasHat: null }) },
  "other-bytes": {
    about: "JSON written another way: spaces, escapes, 1.0, another order of keys",
    body: () => text(otherBytes()),
  },
  "non-ascii": { about: "letters of more than one byte", body: () => passedWith({ note: "Gesicht geprüft ✓ 顔" }) },
  inconsistent: { about: "PASS with faceMatch false", body: () => passedWith({ faceMatch: false }) },
  "wrong-types": {
    about: "texts in place of numbers",
    body: () => passedWith({ faceMatch: "true", overallScore: "0.9", errorCode: "x" }),
  },
  "not-json": { about: "a text that is no JSON", body: () => text("<html>not JSON</html>") },
  "not-an-object": { about: "JSON, but a list", body: () => text("[1,2,3]") },
  empty: { about: "no body at all", body: () => text("") },
  "not-utf8": { about: "bytes that are no UTF-8", body: () => Buffer.concat([sample("passed").body, Buffer.of(0xff)]) },
  "duplicate-key": {
    about: "faceMatch twice, false and then true",
    body: () => text(passedText().replace("{", '{"faceMatch":false,')),
  },
  "proto-key": { about: "a key __proto__", body: () => text(passedText().replace("{", '{"__proto__":{"a":1},')) },
  deep: { about: "100,000 lists inside one another", body: () => text("[".repeat(100_000) + "]".repeat(100_000)) },
  huge: { about: "8 MiB", body: () => passedWith({ padding: "x".repeat(8 * MEBIBYTE) }) },
  "bad-signature": { about: "signed with another key", isForged: true },
  "changed-body": {
    about: "signed FAIL, sent PASS",
    body: () => sample("not-recognized").body,
    change: (request) => ({ ...request, body: sample("passed").body }),
  },
  "changed-id": {
    about: "another id than was signed",
    change: (request) => withHeaders(request, { [HEADERS.id]: `x${request.headers[HEADERS.id] ?? ""}` }),
  },
  "changed-time": {
    about: "an old request with a fresh time put on it",
    clockSeconds: -FAR_SECONDS,
    change: (request, { timestampSeconds }) =>
      withHeaders(request, { [HEADERS.timestamp]: String(timestampSeconds + FAR_SECONDS) }),
  },
  stale: { about: `signed ${FAR_SECONDS} s ago`, clockSeconds: -FAR_SECONDS },
  future: { about: `signed ${FAR_SECONDS} s ahead`, clockSeconds: FAR_SECONDS },
  "loose-time": {
    about: "a time with letters behind it, signed so",
    change: (request, { id, keys, timestampSeconds }) => {
      const loose = `${timestampSeconds}abc`;
      // Over the text as it is sent, so that the signature holds: only a strict reading of the time refuses it.
      const tokens = keys.map((key) => {
        const secret = key.version === "v1" ? key.secret : key.seed;
        return `v1,${createHmac("sha256", secret).update(`${id}.${loose}.`).update(request.body).digest("base64")}`;
      });
      return withHeaders(request, { [HEADERS.timestamp]: loose, [HEADERS.signature]: tokens.join(" ") });
    },
  },
  "no-signature": { about: "no signature", change: (request) => without(request, HEADERS.signature) },
  "no-id": { about: "no id", change: (request) => without(request, HEADERS.id) },
  "no-timestamp": { about: "no time", change: (request) => without(request, HEADERS.timestamp) },
  "unknown-version": {
    about: "a signature of a version to come, and no other",
    change: (request) =>
      withHeaders(request, {
        [HEADERS.signature]: (request.headers[HEADERS.signature] ?? "").replaceAll(/v1a?,/g, "v9,"),
      }),
  },
  "two-signatures": {
    about: "signed with another key and with yours, as while a secret is rotated",
    change: async (request, { id, timestampSeconds }) => {
      const other = await sign({ id, timestampSeconds, body: request.body, keys: [strangersKey()] });
      return withHeaders(request, { [HEADERS.signature]: `${other} ${request.headers[HEADERS.signature] ?? ""}` });
    },
  },
} as const satisfies Record<string, OddRequest>;

/** A row of {@link ODD_REQUESTS}. */
export type OddName = keyof typeof ODD_REQUESTS;

/** Whether there is such a row. */
export function isOddName(name: string): name is OddName {
  return Object.hasOwn(ODD_REQUESTS, name);
}

/** The odd request, signed with the receiver's keys where it is not forged. */
export async function makeOddRequest(
  name: OddName,
  signing: Signing & { readonly headers?: Readonly<Record<string, string>>; readonly body?: Uint8Array },
): Promise<MadeRequest> {
  const odd: OddRequest = ODD_REQUESTS[name];
  const keys = odd.isForged === true ? [strangersKey()] : signing.keys;
  const timestampSeconds = signing.timestampSeconds + (odd.clockSeconds ?? 0);
  const body = signing.body ?? odd.body?.() ?? sample("passed").body;
  const request = await makeRequest({ ...signing, keys, timestampSeconds, body, outcome: "passed" });
  return (await odd.change?.(request, { id: signing.id, keys, timestampSeconds })) ?? request;
}

function strangersKey(): SigningKey {
  return parseSigningKey(generateSecret({ bytes: randomBytes }));
}

function passedText(): string {
  return new TextDecoder().decode(sample("passed").body);
}

function passedWith(more: Readonly<Record<string, unknown>>): Uint8Array {
  return text(JSON.stringify({ ...(JSON.parse(passedText()) as object), ...more }));
}

/** The same notification, whose bytes no `JSON.stringify(JSON.parse(…))` gives back. */
function otherBytes(): string {
  const entries = Object.entries(JSON.parse(passedText()) as Record<string, unknown>).toReversed();
  const members = entries.map(([key, value]) => {
    const written = value === 0.93098663 ? "9.3098663e-1" : JSON.stringify(value, null, 1);
    return `  ${JSON.stringify(key).replace("a", "\\u0061")} : ${written}`;
  });
  return `{\r\n${members.join(",\r\n")}\r\n}\r\n`;
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function withHeaders(request: MadeRequest, headers: Readonly<Record<string, string>>): MadeRequest {
  return { ...request, headers: { ...request.headers, ...headers } };
}

function without(request: MadeRequest, name: string): MadeRequest {
  return { ...request, headers: Object.fromEntries(Object.entries(request.headers).filter(([one]) => one !== name)) };
}
