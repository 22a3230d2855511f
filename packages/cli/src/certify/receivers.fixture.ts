import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { parseStrictJson } from "@sameface/contract";
import { createReceiver } from "@sameface/receiver";

/** A request as a receiver's code sees it. */
export interface Came {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What it answers. */
export interface Said {
  readonly status: number;
  readonly contentType?: string;
  readonly retryAfter?: string;
  /** Of our receiver: why, in one word. */
  readonly reason?: string;
}

type Answering = (came: Came) => Promise<Said>;

/** What a developer got wrong: stands between the sender and what is right. */
export type Fault = (came: Came, right: Answering) => Promise<Said> | Said;

/** How the faulty server reads, beside the fault itself. */
export interface ServerFaults {
  /** Serves one request after the other, its body included. */
  readonly isSerial?: boolean;
  /** Fails for good once a sender hung up. */
  readonly failsAfterAbort?: boolean;
}

/** A receiver on loopback. */
export interface TestReceiver extends AsyncDisposable {
  readonly url: string;
}

const HANDLER_MS = 20;
const API_KEY = "the-vendors-key";

/** All of a receiver for signed requests; its clock can be set by a fault. */
export function rightReceiver(secret: string): { readonly answer: Answering; nowMs: number | null } {
  const handle = async (): Promise<void> => {
    await sleep(HANDLER_MS); // so that copies of one event meet it at work
  };
  const state: { answer: Answering; nowMs: number | null } = {
    nowMs: null,
    answer: async ({ method, headers, body }) => {
      if (method !== "POST") return { status: 405 };
      const { status, headers: told, body: text, result } = await receiver.receive({ body, headers });
      const reason = result.kind === "refused" ? result.reason : result.kind;
      const retryAfter = told["retry-after"];
      const contentType = told["content-type"];
      return {
        status,
        reason,
        ...(retryAfter === undefined ? {} : { retryAfter }),
        ...(contentType === undefined || text === "" ? {} : { contentType }),
      };
    },
  };
  const nowMs = (): number => state.nowMs ?? Date.now();
  const receiver = createReceiver({ secrets: [secret], nowMs })
    .on("passed", handle)
    .on("not-passed", handle)
    .onConflict(() => undefined);
  return state;
}

/** All of a receiver for the vendor's own sender: its static header, 200 with JSON. */
export const vendorsReceiver: Answering = async ({ method, headers, body }) => {
  if (method !== "POST") return await Promise.resolve({ status: 405 });
  if (headers["x-api-key"] !== API_KEY) return { status: 401 };
  if (body.length > 1_048_576) return { status: 413 };
  // What can't be read goes to quarantine: sending it five times more mends nothing.
  const { ok } = parseStrictJson(body);
  return { status: 200, contentType: "application/json", reason: ok ? "handled" : "quarantined" };
};

export async function startFaulty(answer: Answering, fault: Fault, server: ServerFaults = {}): Promise<TestReceiver> {
  let last = Promise.resolve();
  let isBroken = false;
  const serve = async (request: IncomingMessage): Promise<Said> => {
    const body = await readAll(request);
    if (body === null) {
      isBroken = server.failsAfterAbort === true;
      return { status: 400 };
    }
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    return isBroken ? { status: 500 } : await fault({ method: request.method ?? "", headers, body }, answer);
  };
  const http = createServer((request, response) => {
    const before = server.isSerial === true ? last : Promise.resolve();
    const served = before.then(async () => {
      const { status, contentType, retryAfter } = await serve(request);
      response
        .writeHead(status, {
          ...(contentType === undefined ? {} : { "content-type": contentType }),
          ...(retryAfter === undefined ? {} : { "retry-after": retryAfter }),
        })
        .end(status === 204 ? "" : "{}");
    });
    last = served;
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/hook`,
    [Symbol.asyncDispose]: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

/** `null`: the sender hung up. */
async function readAll(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch {
    return null;
  }
  return Buffer.concat(chunks);
}
