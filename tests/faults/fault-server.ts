import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";

/** A request as its bytes came in. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  /** Lower-case names; a name that came twice has both values, joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** 1 for the first connection of this server. */
  readonly connection: number;
}

/** What the server does once a request is complete. */
export type Behaviour = (socket: Socket, request: ReceivedRequest) => void;

/** A server on loopback that misbehaves as told, byte by byte. */
export interface FaultServer {
  readonly port: number;
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  readonly connections: number;
  /** Bytes that arrived, whether they made a request or not. */
  readonly bytesIn: number;
  /** Resolves when no connection is open any more. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** What a {@link startFaultServer} may be told beside its behaviour. */
export interface FaultServerOptions {
  readonly tls?: Pick<TlsOptions, "cert" | "key" | "requestCert" | "minVersion" | "maxVersion" | "ciphers">;
  readonly onConnection?: (socket: Socket) => void;
  readonly host?: string;
  /** The URL says https although nobody speaks TLS there. */
  readonly asTls?: boolean;
}

interface State {
  connections: number;
  bytesIn: number;
  readonly requests: ReceivedRequest[];
  readonly open: Set<Socket>;
}

/** @param behave writes the reply, or does not */
export async function startFaultServer(behave: Behaviour, options: FaultServerOptions = {}): Promise<FaultServer> {
  const state: State = { connections: 0, bytesIn: 0, requests: [], open: new Set() };
  const onConnection = (socket: Socket): void => {
    serve(socket, { state, behave, options });
  };
  const { tls } = options;
  const server: Server =
    tls === undefined
      ? createServer(onConnection)
      : createTlsServer({ ...tls, rejectUnauthorized: true }, onConnection);
  server.on("tlsClientError", () => undefined);
  // A test that failed before its close must not keep the run waiting.
  server.unref();
  server.listen(0, options.host ?? "127.0.0.1");
  await once(server, "listening");
  // A listening TCP server always has an address object; text stands for a pipe.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: tls === undefined && options.asTls !== true ? `http://127.0.0.1:${port}/in` : `https://localhost:${port}/in`,
    requests: state.requests,
    get connections() {
      return state.connections;
    },
    get bytesIn() {
      return state.bytesIn;
    },
    idle: async () => {
      await Promise.all([...state.open].map(closeOf));
    },
    close: async () => {
      for (const socket of state.open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function serve(
  socket: Socket,
  server: { readonly state: State; readonly behave: Behaviour; readonly options: FaultServerOptions },
): void {
  const { state, behave, options } = server;
  state.connections += 1;
  const connection = state.connections;
  state.open.add(socket);
  socket.unref();
  socket.on("error", () => undefined);
  socket.on("close", () => state.open.delete(socket));
  options.onConnection?.(socket);
  let pending = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    state.bytesIn += chunk.length;
    pending = Buffer.concat([pending, chunk]);
    const read = readRequest(pending, connection);
    if (read === null) return;
    pending = pending.subarray(read.length);
    state.requests.push(read.request);
    behave(socket, read.request);
  });
}

/** Not `once`, which would take the error before the close for its own. */
async function closeOf(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  socket.on("close", () => {
    resolve(undefined);
  });
  if (socket.destroyed) resolve(undefined);
  await promise;
}

/** A complete HTTP/1.1 reply. */
export function reply(
  status: number,
  { headers = {}, body = "" }: { headers?: Record<string, string>; body?: string } = {},
): string {
  const lines = Object.entries({ "content-length": String(Buffer.byteLength(body)), ...headers });
  return `HTTP/1.1 ${status} X\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`;
}

function readRequest(bytes: Buffer, connection: number): { request: ReceivedRequest; length: number } | null {
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) return null;
  const [first = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
  }
  const length = end + 4 + Number(headers["content-length"] ?? 0);
  if (bytes.length < length) return null;
  const [method = "", path = ""] = first.split(" ");
  return {
    request: { method, path, headers, body: new Uint8Array(bytes.subarray(end + 4, length)), connection },
    length,
  };
}
