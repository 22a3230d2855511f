import { channel } from "node:diagnostics_channel";

/** Client sockets that this process opens while `work` runs. */
export async function countSockets(work: () => Promise<void>): Promise<number> {
  let opened = 0;
  const count = (): void => {
    opened += 1;
  };
  const sockets = channel("net.client.socket");
  sockets.subscribe(count);
  try {
    await work();
  } finally {
    sockets.unsubscribe(count);
  }
  return opened;
}
