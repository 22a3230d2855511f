import { type ChildProcess, fork } from "node:child_process";
import { on } from "node:events";
import { fileURLToPath } from "node:url";
import type { ReceiverMessage } from "./receiver-messages.ts";

/** Id and time, in milliseconds since 1970, of each request. */
export type Arrivals = readonly (readonly [id: string, atMs: number])[];

/** A receiver in a process of its own. */
export interface CountingReceiver {
  readonly url: string;
  /** Counts from here; what it answers resolves when so many have come. */
  expect(count: number): Promise<{ readonly reached: Promise<Arrivals> }>;
  close(): void;
}

/** Starts one on a free port of loopback. */
export async function startReceiver(): Promise<CountingReceiver> {
  const file = fileURLToPath(new URL("counting-receiver.ts", import.meta.url));
  const child = fork(file, { execArgv: ["--conditions=@sameface/source"] });
  const listening = await next(child, "listening");
  return {
    url: `http://127.0.0.1:${listening.port}`,
    expect: async (count) => {
      const expecting = next(child, "expecting");
      const reached = next(child, "reached").then(({ arrivals }) => arrivals);
      child.send({ expect: count });
      await expecting;
      return { reached };
    },
    close: () => {
      child.disconnect();
    },
  };
}

async function next<Kind extends ReceiverMessage["kind"]>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<ReceiverMessage, { kind: Kind }>> {
  for await (const [message] of on(child, "message") as AsyncIterable<[ReceiverMessage]>) {
    if (message.kind === kind) return message as Extract<ReceiverMessage, { kind: Kind }>;
  }
  throw new Error("the receiver ended");
}
