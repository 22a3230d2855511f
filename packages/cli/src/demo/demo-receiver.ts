import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { ReceivedOutcome } from "@sameface/contract";
import { createReceiver } from "@sameface/receiver";
import { nodeHandler } from "@sameface/receiver/node";

/** What the receiver's own handler was called with, after the signature held. */
export interface ReceivedNotification {
  readonly id: string;
  readonly outcome: ReceivedOutcome;
  readonly body: string;
}

/** A receiver as its developer would write it, on a free port of loopback. */
export interface DemoReceiver {
  readonly url: string;
  /** From here on requests are verified with this secret. */
  open(secret: string): void;
  /** The notification with this id, as soon as its handler ran. */
  notification(id: string): Promise<ReceivedNotification>;
  close(): Promise<void>;
}

/** Listens at once; answers 503 until it was given its secret. */
export async function startDemoReceiver(): Promise<DemoReceiver> {
  const received = new Map<string, ReceivedNotification>();
  const waiting = new Map<string, (notification: ReceivedNotification) => void>();
  let handler: RequestListener = (_request, response) => response.writeHead(503).end();
  const server = createServer((request, response) => {
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const keep = (notification: ReceivedNotification): void => {
    received.set(notification.id, notification);
    waiting.get(notification.id)?.(notification);
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`,
    open(secret) {
      const receiver = createReceiver({ secrets: [secret] })
        .on("passed", (outcome, event) => {
          keep({ id: event.id, outcome, body: new TextDecoder().decode(event.body) });
        })
        .on("not-passed", (outcome, event) => {
          keep({ id: event.id, outcome, body: new TextDecoder().decode(event.body) });
        });
      handler = nodeHandler(receiver);
    },
    notification: (id) =>
      new Promise((resolve) => {
        const there = received.get(id);
        if (there === undefined) waiting.set(id, resolve);
        else resolve(there);
      }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}
