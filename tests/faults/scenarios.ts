import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { CERTIFICATES } from "./certificates.ts";
import { type Behaviour, type FaultServerOptions, reply, startFaultServer } from "./fault-server.ts";
import { DNS_CODES, DNS_TYPES, type NameAnswer, startNameServer } from "./name-server.ts";

/** A fault that has begun. */
export interface RunningFault {
  /** Where to post; for a fault of the name service, the address of the name server. */
  readonly at: string;
  /** Requests that were read whole; 0 where there is no HTTP. */
  readonly requests: () => number;
  readonly close: () => Promise<void>;
}

/** One fault that a receiver, or what stands before it, can cause. */
export interface Scenario {
  /** Its row in the fault matrix of the reliability document. */
  readonly row: string;
  readonly kind: "http" | "dns";
  /** What it does, for a person. */
  readonly tells: string;
  readonly start: () => Promise<RunningFault>;
}

const DRIP_MS = 50;

function http(row: string, tells: string, how: Behaviour | (FaultServerOptions & { behave: Behaviour })): Scenario {
  const { behave, ...options } = typeof how === "function" ? { behave: how } : how;
  const start = async (): Promise<RunningFault> => {
    const server = await startFaultServer(behave, options);
    const close = async (): Promise<void> => {
      await server.close();
    };
    return { at: server.url, requests: () => server.requests.length, close };
  };
  return { row, kind: "http", tells, start };
}

function dns(tells: string, answer: NameAnswer): Scenario {
  const start = async (): Promise<RunningFault> => {
    const socket = await startNameServer(answer);
    const close = async (): Promise<void> => {
      socket.close();
      await once(socket, "close");
    };
    return { at: `127.0.0.1:${socket.address().port}`, requests: () => 0, close };
  };
  return { row: "F17", kind: "dns", tells, start };
}

const status = (row: string, code: number, headers: Record<string, string> = {}): Scenario =>
  http(row, `answers ${code} ${JSON.stringify(headers)}`, (socket) => socket.write(reply(code, { headers })));

const raw = (row: string, tells: string, bytes: string): Scenario => http(row, tells, (socket) => socket.write(bytes));

/** One byte after the other for ever, or until the other side has enough. */
function drip(socket: Socket, text: string): void {
  const pieces = text[Symbol.iterator]();
  const timer = setInterval(() => socket.write(pieces.next().value ?? "x"), DRIP_MS);
  timer.unref();
  socket.once("close", () => {
    clearInterval(timer);
  });
}

/** As much as the other side takes. */
function pump(socket: Socket, piece: Buffer): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on("drain", more);
  more();
}

const chunk = (text: string): Buffer => Buffer.from(`${text.length.toString(16)}\r\n${text}\r\n`);

/** Connections that the kernel never completes: the queue of a process that is stopped is full. Linux. */
async function startBlackHole(): Promise<RunningFault> {
  const code = `require("node:net").createServer().listen({port:0,host:"127.0.0.1",backlog:1},function(){console.log(this.address().port)})`;
  const child = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(line.toString());
  child.kill("SIGSTOP");
  const fillers = Array.from({ length: 8 }, () => connect({ port, host: "127.0.0.1" }).on("error", () => undefined));
  // The first few are taken by the kernel, the rest wait as everything after them does.
  await Promise.race(
    fillers.map(async (socket) => {
      await once(socket, "connect");
    }),
  );
  const close = async (): Promise<void> => {
    for (const socket of fillers) socket.destroy();
    child.kill("SIGKILL");
    await once(child, "close");
  };
  return { at: `http://127.0.0.1:${port}/in`, requests: () => 0, close };
}

function everySecond(row: string, tells: string, fail: (socket: Socket) => unknown): Scenario {
  const start = async (): Promise<RunningFault> => {
    let turn = 0;
    return await http(row, tells, (socket) => {
      turn += 1;
      if (turn % 2 === 1) fail(socket);
      else ok(socket);
    }).start();
  };
  return { row, kind: "http", tells, start };
}

async function startRefused(): Promise<RunningFault> {
  const server = await startFaultServer(() => undefined);
  await server.close();
  return {
    at: server.url,
    requests: () => 0,
    close: async () => {
      await Promise.resolve();
    },
  };
}

const ok = (socket: Socket): unknown => socket.write(reply(200));
const HEAD = "HTTP/1.1 200 OK\r\n";

/** Each fault of the matrix that a receiver, its certificate or its name can cause, by a name for tests and for hands. */
export const SCENARIOS = {
  acknowledged: http("F2", "answers 200 as JSON", (socket) =>
    socket.write(reply(200, { headers: { "content-type": "application/json" } })),
  ),
  "server-error": status("F1", 500),
  "bad-gateway": status("F1", 502),
  unavailable: status("F1", 503),
  "gateway-timeout": status("F1", 504),
  "client-error": status("F2", 422),
  unauthorized: status("F2", 401),
  created: status("F2", 201),
  gone: status("F3", 410),
  "too-many": status("F4", 429, { "retry-after": "120" }),
  "retry-after-garbage": status("F4", 503, { "retry-after": "1e99" }),
  redirect: status("F5", 302, { location: "http://169.254.169.254/latest/meta-data/" }),
  refused: { row: "F6", kind: "http", tells: "nobody listens", start: startRefused },
  "black-hole": { row: "F7", kind: "http", tells: "no connection is ever completed", start: startBlackHole },
  hang: http("F8", "reads and never answers", () => undefined),
  "drip-headers": http("F9", "headers, a byte at a time", (socket) => {
    drip(socket, `${HEAD}x: ${"y".repeat(10_000)}`);
  }),
  "drip-body": http("F10", "200, then a body that drips for ever", (socket) => {
    socket.write(`${HEAD}content-length: 1000000\r\n\r\n`);
    drip(socket, "");
  }),
  "endless-chunks": http("F11", "500, then chunks without end", (socket) => {
    socket.write("HTTP/1.1 500 X\r\ntransfer-encoding: chunked\r\n\r\n");
    pump(socket, chunk("z".repeat(0x4000)));
  }),
  "gzip-bomb": http("F12", "200 with an encoded body without end", (socket) => {
    socket.write(`${HEAD}content-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n`);
    pump(socket, chunk("\0".repeat(0x4000)));
  }),
  "reset-at-once": http("F13", "resets each connection as it comes", {
    behave: () => undefined,
    onConnection: (socket) => socket.resetAndDestroy(),
  }),
  "reset-after-request": http("F13", "reads the request, then resets", (socket) => socket.resetAndDestroy()),
  "reset-in-reply": http("F13", "resets in the middle of the headers", (socket) => {
    socket.write(`${HEAD}content-le`, () => socket.resetAndDestroy());
  }),
  "reset-in-body": http("F13", "200, then resets in the body", (socket) => {
    socket.write(`${HEAD}content-length: 100\r\n\r\n`, () => socket.resetAndDestroy());
  }),
  truncated: http("F14", "ends within the headers", (socket) => socket.end(`${HEAD}x: y`)),
  "two-lengths": raw("F14", "two content-lengths", `${HEAD}content-length: 1\r\ncontent-length: 2\r\n\r\nab`),
  "not-http": raw("F14", "speaks another protocol", "SSH-2.0-OpenSSH_9.6\r\n"),
  "huge-header": raw("F15", "1 MB of one header", `${HEAD}x: ${"y".repeat(1_000_000)}\r\n\r\n`),
  "many-hints": raw("F15", "a hundred informational replies", "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(100)),
  "tls-expired": http("F16", "a certificate of 2020", { behave: ok, tls: CERTIFICATES.expired }),
  "tls-self-signed": http("F16", "a certificate signed by itself", { behave: ok, tls: CERTIFICATES.selfSigned }),
  "tls-wrong-host": http("F16", "a certificate for another host", { behave: ok, tls: CERTIFICATES.otherHost }),
  "tls-unknown-authority": http("F16", "a certificate by nobody known", { behave: ok, tls: CERTIFICATES.good }),
  "tls-hang": http("F16", "accepts, and never begins TLS", { behave: () => undefined, asTls: true }),
  "name-unknown": dns("the name does not exist", () => ({ code: DNS_CODES.noSuchName })),
  "name-failed": dns("the name server fails", () => ({ code: DNS_CODES.serverFailure })),
  "name-silent": dns("the name server never answers", () => null),
  "name-empty": dns("the name has no address", () => ({ code: DNS_CODES.noError })),
  "name-inward": dns("the name leads to this host", (type) =>
    type === DNS_TYPES.a ? { code: DNS_CODES.noError, addresses: ["127.0.0.1"] } : { code: DNS_CODES.noError },
  ),
  "lost-reply": everySecond("F19", "takes every request and drops every second reply", (socket) => socket.destroy()),
  "stale-keep-alive": http("F20", "closes an idle connection as it is used again", (socket, { connection }) => {
    if (connection === 1 && socket.bytesWritten > 0) socket.destroy();
    else ok(socket);
  }),
  flapping: everySecond("F21", "fails every second request", (socket) => socket.write(reply(500))),
} as const satisfies Record<string, Scenario>;

/** A name of the table. */
export type ScenarioName = keyof typeof SCENARIOS;
