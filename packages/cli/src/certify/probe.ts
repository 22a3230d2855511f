import { type ClientRequest, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { SigningKey } from "@sameface/contract";
import { type MadeRequest, makeId, makeRequest, nowSeconds } from "../requests/make-request.ts";
import { makeOddRequest, type OddName } from "../requests/odd-requests.ts";

/** The acknowledgement rules that a receiver is held against. */
export type CertifyProfile = "standard" | "incode";

/** What the receiver did with one request. */
export type Answer =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly ms: number;
      readonly contentType: string;
      readonly hasRetryAfter: boolean;
    }
  /** It closed the connection, or took longer than a sender waits. */
  | { readonly kind: "closed" | "timeout" };

/** How a request differs from an honest one of now. */
export interface Honest {
  readonly body: Uint8Array;
  readonly id?: string;
  readonly secondsAgo?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The receiver under test. */
export interface Probe {
  readonly profile: CertifyProfile;
  readonly timeoutMs: number;
  /** The headers of every honest request, each with another value. */
  readonly spoiledHeaders: Readonly<Record<string, string>>;
  newId(): string;
  /** Whether the profile takes the answer for an acknowledgement. */
  acknowledges(answer: Answer): boolean;
  honest(request: Honest): Promise<Answer>;
  odd(name: OddName): Promise<Answer>;
  /** As it is. */
  send(request: MadeRequest & { readonly method?: string }): Promise<Answer>;
  /** The head and half of the body; the rest as `finish` says, or never. */
  half(body: Uint8Array): Promise<HalfSent>;
}

/** A request that is under way. */
export interface HalfSent {
  /** Sends the rest. */
  finish(): Promise<Answer>;
  /** Hangs up. */
  drop(): void;
}

/** What {@link createProbe} is made of. */
export interface ProbeOptions {
  readonly url: string;
  readonly profile: CertifyProfile;
  /** Empty with profile incode, whose sender signs nothing. */
  readonly keys: readonly SigningKey[];
  readonly headers: Readonly<Record<string, string>>;
  readonly marked: boolean;
  /** How long a sender waits for an answer. */
  readonly timeoutMs: number;
}

/** Speaks to one receiver. */
export function createProbe(options: ProbeOptions): Probe {
  const { profile, keys, headers, marked, timeoutMs } = options;
  const newId = (): string => makeId(marked);
  const honest = async ({ body, id = newId(), secondsAgo = 0, headers: own }: Honest): Promise<MadeRequest> =>
    await makeRequest({
      id,
      body,
      keys,
      timestampSeconds: nowSeconds() - secondsAgo,
      outcome: "passed",
      headers: own ?? headers,
    });
  return {
    profile,
    timeoutMs,
    spoiledHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, spoil(value)])),
    newId,
    acknowledges: (answer) => isAcknowledged(answer, profile),
    honest: async (request) => await start(options, await honest(request)).finish(),
    odd: async (name) => {
      const signing = { id: newId(), keys, timestampSeconds: nowSeconds(), headers };
      return await start(options, await makeOddRequest(name, signing)).finish();
    },
    send: async (request) => await start(options, request).finish(),
    half: async (body) => {
      const sent = start(options, await honest({ body }), "half");
      await sent.begun;
      return sent;
    },
  };
}

/** As long, so that only a comparison tells them apart. */
function spoil(value: string): string {
  return value.replace(/.$/, (last) => (last === "x" ? "y" : "x"));
}

function isAcknowledged(answer: Answer, profile: CertifyProfile): boolean {
  if (answer.kind !== "answered") return false;
  if (profile === "standard") return answer.status >= 200 && answer.status <= 299;
  return answer.status === 204 || (answer.status === 200 && /^application\/json *(;|$)/i.test(answer.contentType));
}

/** Node's own client and not `fetch`: half a body must stay under way as long as the case wants. */
function start(
  { url, timeoutMs }: ProbeOptions,
  { headers, body, method = "POST" }: MadeRequest & { readonly method?: string },
  part: "all" | "half" = "all",
): HalfSent & { readonly begun: Promise<unknown> } {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const request = (url.startsWith("https:") ? httpsRequest : httpRequest)(url, {
    method,
    // No pool: what one case leaves behind must not meet the next one.
    agent: false,
    headers: { ...headers, ...(method === "POST" ? { "content-length": body.length } : {}) },
  });
  hear(request, (answer) => {
    resolve(answer);
  });
  const begun = new Promise((done) => request.write(part === "half" ? body.subarray(0, body.length / 2) : "", done));
  const finish = async (): Promise<Answer> => {
    const timer = setTimeout(() => {
      resolve({ kind: "timeout" });
      request.destroy();
    }, timeoutMs);
    request.end(method === "POST" ? body.subarray(part === "half" ? body.length / 2 : 0) : undefined);
    const answer = await promise;
    clearTimeout(timer);
    return answer;
  };
  return {
    begun: Promise.race([begun, promise]),
    finish,
    drop: () => {
      request.destroy();
    },
  };
}

function hear(request: ClientRequest, resolve: (answer: Answer) => void): void {
  const startedMs = performance.now();
  request.on("response", (response) => {
    const ms = Math.round(performance.now() - startedMs);
    const { statusCode: status = 0, headers: told } = response;
    const contentType = told["content-type"] ?? "";
    const answer: Answer = { kind: "answered", status, ms, contentType, hasRetryAfter: "retry-after" in told };
    // An answer counts when all of it came.
    response.on("end", () => {
      resolve(answer);
    });
    response.resume();
  });
  request.on("error", () => {
    resolve({ kind: "closed" });
  });
  request.on("close", () => {
    resolve({ kind: "closed" });
  });
}
