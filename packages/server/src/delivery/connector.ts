import { connect as connectTcp, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Clock } from "../clock.ts";
import type { AddressGuard } from "./address-guard.ts";
import { isLiteral, type Target } from "./endpoint-url.ts";
import { SendError } from "./send-error.ts";

/** Opens a socket to a target, ready for HTTP/1.1; rejects with a {@link SendError} or what the socket threw. */
export type Connector = (target: Target, signal: AbortSignal) => Promise<Socket>;

/** What {@link createConnector} is made of. */
export interface ConnectorOptions {
  readonly guard: AddressGuard;
  readonly clock: Clock;
  /** For TCP and TLS together; the look-up has its own. */
  readonly connectTimeoutMs: number;
}

// Enough to get past a dead address or two; a name with 500 of them must not cost 500 tries (reliability.md F17).
const MOST_ADDRESSES = 4;
// Each address but the last gets this long before the next one is tried.
const NEXT_ADDRESS_AFTER_MS = 1_000;

/**
 * The one place where a socket to an endpoint is opened: addresses are judged before it and after it, because a
 * `lookup` hook alone is never called for a literal (reliability.md §0, rule 12).
 */
export function createConnector({ guard, clock, connectTimeoutMs }: ConnectorOptions): Connector {
  return async (target, signal) => {
    const vetted = await guard.vet(target);
    if (signal.aborted) throw new SendError("stopped");
    if (vetted.kind === "failed") throw new SendError(vetted.reason);
    const timeout = new AbortController();
    const cancelTimeout = clock.after(connectTimeoutMs, () => {
      timeout.abort();
    });
    const ends = { timeout: timeout.signal, stop: signal };
    try {
      const socket = await settled(openTcp(target, vetted.addresses), "connect", ends);
      if (!guard.permits(socket.remoteAddress ?? "", target)) {
        socket.destroy();
        throw new SendError("blockedAddress");
      }
      if (target.protocol !== "https:") return socket;
      return await settled(startTls(socket, target.hostname), "secureConnect", ends);
    } finally {
      cancelTimeout();
    }
  };
}

function openTcp(target: Target, addresses: readonly string[]): Socket {
  const vetted = addresses
    .slice(0, MOST_ADDRESSES)
    .map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  const lookup: LookupFunction = (_hostname, _options, callback) => {
    callback(null, vetted);
  };
  return connectTcp({
    host: target.hostname,
    port: target.port,
    lookup,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
    noDelay: true,
  });
}

function startTls(socket: Socket, hostname: string): Socket {
  return connectTls({
    socket,
    host: hostname,
    // SNI must not carry an address (RFC 6066 §3); without it Node verifies `host` against the addresses named inside.
    ...(isLiteral(hostname) ? {} : { servername: hostname }),
    minVersion: "TLSv1.2",
    ALPNProtocols: ["http/1.1"],
    // Said aloud, since the environment could switch the default off (S25).
    rejectUnauthorized: true,
  });
}

/** Waits for the event, an error or one of the ends; leaves no socket open but the one it answers. */
async function settled(
  socket: Socket,
  event: "connect" | "secureConnect",
  ends: { readonly timeout: AbortSignal; readonly stop: AbortSignal },
): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const onTimeout = (): void => {
    reject(new SendError("connectTimeout"));
  };
  const onStop = (): void => {
    reject(new SendError("stopped"));
  };
  // Kept for the socket's whole life: an error between here and the HTTP client's own listener must not end the process.
  socket.on("error", reject);
  socket.once("close", () => {
    reject(new SendError(event === "connect" ? "connectionLost" : "tlsFailed"));
  });
  socket.once(event, () => {
    resolve(socket);
  });
  ends.timeout.addEventListener("abort", onTimeout, { once: true });
  ends.stop.addEventListener("abort", onStop, { once: true });
  try {
    return await promise;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    ends.timeout.removeEventListener("abort", onTimeout);
    ends.stop.removeEventListener("abort", onStop);
  }
}
