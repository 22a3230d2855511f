import type { Socket } from "node:net";
import { Client, type Dispatcher } from "undici";
import type { Connector } from "./connector.ts";
import { targetOf } from "./endpoint-url.ts";
import { SendError } from "./send-error.ts";

/** One HTTP connection to one origin, for one exchange at a time. */
export interface Connection {
  readonly origin: string;
  /** Begins an exchange on the open socket, or on a new one where there is none. */
  begin(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void;
  /** Whether the present exchange went out on a socket that had served another, and no byte of reply came since. */
  wasStale(): boolean;
  /** Whether a further exchange can use the open socket. */
  isOpen(): boolean;
  onClosed(listener: () => void): void;
  /** Closes the socket at once, also one that is still being opened. */
  destroy(): void;
}

/** What {@link openConnection} is made of. */
export interface ConnectionOptions {
  readonly connector: Connector;
  readonly maxHeaderBytes: number;
  /** An idle socket is closed after this; a shorter hint of the receiver wins. */
  readonly idleMs: number;
}

/**
 * One undici client with one socket. A pool of undici would hide which socket an exchange uses, and whether that
 * socket was fresh decides if a lost connection may be tried once more (reliability.md F20).
 */
export function openConnection(origin: string, options: ConnectionOptions): Connection {
  const target = targetOf(new URL(origin));
  const stop = new AbortController();
  let socket: Socket | null = null;
  let bytesReadBefore = 0;
  let isWarm = false;
  let mayConnect = false;
  const connect = async (): Promise<Socket> => {
    // undici connects again by itself when a socket dies before the request is written: one try is enough here.
    if (!mayConnect) throw new SendError("connectionLost");
    mayConnect = false;
    isWarm = false;
    socket = await options.connector(target, stop.signal);
    return socket;
  };
  const client = openClient(origin, { ...options, connect });
  const isOpen = (): boolean => socket !== null && !socket.destroyed && !client.destroyed;
  return {
    origin,
    begin: (dispatch, handler) => {
      isWarm = isOpen();
      mayConnect = true;
      bytesReadBefore = socket?.bytesRead ?? 0;
      client.dispatch(dispatch, handler);
    },
    wasStale: () => isWarm && socket?.bytesRead === bytesReadBefore,
    isOpen,
    onClosed: (listener) => {
      client.on("disconnect", listener);
    },
    destroy: () => {
      stop.abort();
      // Every request has been told already; a failure to close a socket has nobody left to hear of it.
      client.destroy().catch(() => undefined);
    },
  };
}

function openClient(origin: string, options: ConnectionOptions & { connect: () => Promise<Socket> }): Client {
  return new Client(origin, {
    connect: (_options, callback) => {
      options.connect().then(
        (socket) => {
          callback(null, socket);
        },
        (error: unknown) => {
          callback(error instanceof Error ? error : new SendError("unexpected", { cause: error }), null);
        },
      );
    },
    allowH2: false,
    pipelining: 1,
    maxHeaderSize: options.maxHeaderBytes,
    keepAliveTimeout: options.idleMs,
    keepAliveMaxTimeout: options.idleMs,
    // The exchange has ONE deadline; timers that restart with each chunk let a drip run on (reliability.md T9).
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}
