import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseVerifyKey, verify } from "@sameface/contract";
import { type RunningServer, readConfig, startServer } from "@sameface/server";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { runProgram } from "../program.ts";
import { type KeptTerminal, keptTerminal } from "../terminal.fixture.ts";

/** A real server that can go and come again at the same address. */
export interface TestWorld extends AsyncDisposable {
  readonly url: string;
  readonly key: string;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** One more attempt of a customer whom nobody knows: an event. Answers its id. */
  happen(): Promise<string>;
  call(target: string, init?: { readonly method?: string; readonly body?: unknown }): Promise<Record<string, unknown>>;
}

export async function startWorld(): Promise<TestWorld> {
  const folder = await mkdtemp(path.join(tmpdir(), "sameface-listen-"));
  const key = randomBytes(32).toString("hex");
  let server: RunningServer;
  let port = "0";
  const start = async (): Promise<void> => {
    const env = {
      SAMEFACE_PORT: port,
      SAMEFACE_DATA: path.join(folder, "data"),
      SAMEFACE_ADMIN_KEY: key,
      SAMEFACE_ENGINE_PROCESSES: "1",
      SAMEFACE_LOG_LEVEL: "silent",
    };
    const read = readConfig({ env, file: null });
    assert.ok(read.ok);
    server = await startServer({ config: read.config });
    port = new URL(server.url).port;
  };
  await start();
  const url = `http://127.0.0.1:${port}`;
  const call: TestWorld["call"] = async (target, { method = "GET", body } = {}) => {
    const response = await fetch(`${url}${target}`, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    assert.ok(response.ok, JSON.stringify(answer));
    return answer;
  };
  const stop = async (): Promise<void> => {
    await server.close();
  };
  return {
    url,
    key,
    call,
    start,
    stop,
    happen: async () => {
      const body = { customerId: randomBytes(8).toString("hex"), image: "AAAA" };
      return String((await call("/v1/authentications", { method: "POST", body }))["eventId"]);
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A receiver on this machine that keeps what came. */
export interface LocalReceiver extends AsyncDisposable {
  readonly url: string;
  readonly ids: string[];
  /** Those whose signature did not hold under the secret. */
  readonly forged: string[];
  secret: string | null;
  answer: { status: number; body: string };
  /** Resolves when so many came in all. */
  came(count: number): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function startReceiver(): Promise<LocalReceiver> {
  const waiting: { count: number; resolve: () => void }[] = [];
  let server: Server;
  let port = 0;
  const receiver: Omit<LocalReceiver, "url" | typeof Symbol.asyncDispose> = {
    ids: [],
    forged: [],
    secret: null,
    answer: { status: 204, body: "" },
    came: async (count) => {
      if (receiver.ids.length >= count) return;
      await new Promise<void>((resolve) => waiting.push({ count, resolve }));
    },
    start: async () => {
      server = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
          void keep(request.headers, Buffer.concat(chunks)).then(() => {
            response.writeHead(receiver.answer.status).end(receiver.answer.body);
          });
        });
      });
      await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
      port = (server.address() as AddressInfo).port;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const keep = async (headers: Record<string, string | string[] | undefined>, body: Buffer): Promise<void> => {
    const id = String(headers["webhook-id"]);
    if (receiver.secret !== null) {
      const keys = [parseVerifyKey(receiver.secret)];
      const { ok } = await verify({ headers, body, keys, nowSeconds: Date.now() / 1000 });
      if (!ok) receiver.forged.push(id);
    }
    receiver.ids.push(id);
    for (const one of waiting) if (receiver.ids.length >= one.count) one.resolve();
  };
  await receiver.start();
  return Object.assign(receiver, {
    url: `http://127.0.0.1:${port}/hook`,
    [Symbol.asyncDispose]: receiver.stop,
  });
}

/** A `sameface listen` that runs. */
export interface Listening {
  readonly terminal: KeptTerminal;
  /** Resolves when a line, printed or told, holds the text. */
  said(text: string): Promise<void>;
  /** As Ctrl-C does; answers the exit code. */
  stop(): Promise<ExitCode>;
  readonly ended: Promise<ExitCode>;
}

export function listen(args: readonly string[], env: Readonly<Record<string, string>>): Listening {
  const terminal = keptTerminal(env);
  const waiting: { text: string; resolve: () => void }[] = [];
  const told = (): string => [...terminal.lines, ...terminal.errors].join("\n");
  const noticed = (): void => {
    for (const one of waiting) if (told().includes(one.text)) one.resolve();
  };
  const watched = {
    ...terminal,
    out: (line: string) => {
      terminal.out(line);
      noticed();
    },
    err: (line: string) => {
      terminal.err(line);
      noticed();
    },
  };
  const ended = runProgram(watched, ["listen", ...args]);
  return {
    terminal,
    ended,
    said: async (text) => {
      if (told().includes(text)) return;
      await Promise.race([
        new Promise<void>((resolve) => waiting.push({ text, resolve })),
        ended.then((code) => assert.fail(`ended with ${code}:\n${told()}`)),
      ]);
    },
    stop: async () => {
      terminal.stopNow();
      const code = await ended;
      assert.equal(code, EXIT.done, told());
      return code;
    },
  };
}

/** A line between two addresses that can be cut. */
export async function startLine(to: string): Promise<{ readonly url: string; cut(): void } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((near) => {
    const far = connect(Number(new URL(to).port), "127.0.0.1");
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.pipe(other);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    [Symbol.asyncDispose]: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
