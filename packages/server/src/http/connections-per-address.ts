import type { Server, Socket } from "node:net";
import { sourceNetwork } from "./source-network.ts";

/** How many connections one source may hold. */
export interface ConnectionCap {
  readonly most: number;
  /** Trusted proxies: behind one stand many, and it has limits of its own. */
  readonly isExempt: (address: string) => boolean;
}

/**
 * Closes what one address opens beyond its share, so that it takes the connections of nobody else (reliability.md B17).
 * The first ones stay: an idle one is given back by its own clock.
 */
export function capPerAddress(server: Server, { most, isExempt }: ConnectionCap): void {
  const open = new Map<string, number>();
  server.on("connection", (socket: Socket) => {
    const { remoteAddress = "" } = socket;
    if (isExempt(remoteAddress)) return;
    const source = sourceNetwork(remoteAddress);
    const before = open.get(source) ?? 0;
    if (before >= most) {
      socket.destroy();
      return;
    }
    open.set(source, before + 1);
    socket.once("close", () => {
      const left = (open.get(source) ?? 1) - 1;
      if (left === 0) open.delete(source);
      else open.set(source, left);
    });
  });
}
