import { once } from "node:events";
import { connect, createServer } from "node:net";

/** A listener on loopback that no child should be able to reach. */
export interface LoopbackProbe {
  readonly port: number;
  close(): void;
}

/** Opens a listener on a free port of 127.0.0.1, for {@link canReach} to fail at. */
export async function openLoopbackProbe(): Promise<LoopbackProbe> {
  const server = createServer((socket) => {
    socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  // Only a listener on a pipe has a text for an address, only a closed one has none.
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    port,
    close: () => {
      server.close();
    },
  };
}

/** Whether a connection to a port of 127.0.0.1 opens; silence of half a second counts as no. */
export async function canReach(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: 500 });
    const answer = (reachable: boolean) => () => {
      socket.destroy();
      resolve(reachable);
    };
    socket.once("connect", answer(true));
    socket.once("error", answer(false));
    socket.once("timeout", answer(false));
  });
}
