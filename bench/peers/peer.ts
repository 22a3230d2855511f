import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** What a peer says of one picture. */
export interface PeerAnswer {
  /** Milliseconds from the file's bytes to the embedding. */
  readonly ms: number;
  /** Processor time of the same, all threads. */
  readonly cpuMs: number;
  /** Empty: it found no face. */
  readonly embedding: readonly number[];
  readonly rssMb: number;
}

/** A peer in a process of its own, on its wasm runtime. */
export interface Peer {
  look(file: string): Promise<PeerAnswer>;
  close(): void;
}

/** Starts a peer; resolves when its models are loaded. */
export async function startPeer(script: "human.ts" | "face-api.ts"): Promise<Peer> {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = once(child, "exit").then(() => Promise.reject(new Error(`the peer ${script} ended`)));
  // Told by whoever waits for an answer; nobody waits any more when the bench itself ends the peer.
  ended.catch(() => undefined);
  const answer = async (): Promise<unknown> => {
    const messages: readonly unknown[] = await Promise.race([once(child, "message"), ended]);
    return messages[0];
  };
  await answer();
  return {
    async look(file) {
      child.send({ file });
      // Both ends are of this folder.
      return (await answer()) as PeerAnswer;
    },
    close: () => void child.kill(),
  };
}
