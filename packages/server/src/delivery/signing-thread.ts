import type { KeyObject } from "node:crypto";
import { Worker } from "node:worker_threads";
import { type SignEd25519, signAtOnce } from "./node-signing.ts";
import { SIGNATURE_BYTES, type SigningBatch } from "./signing-batch.ts";

/** A thread that signs, begun when it is first asked. */
export interface SigningThread {
  /** What one turn of the loop asks for is told together. Rejects for a key that does not sign. */
  readonly sign: SignEd25519;
  /** Ends it; what it had not signed is signed at once. */
  close(): Promise<void>;
}

// The thread's own file lies beside this one, with the same ending: `.ts` in the repository, `.js` once built.
const ENTRY = new URL(`./signing-thread-entry${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

/** One that waits for its signature. */
interface Request {
  readonly bytes: Uint8Array;
  readonly key: KeyObject;
  readonly settle: (signature: Uint8Array | Promise<Uint8Array>) => void;
}

/**
 * Signs beside the one thread that does all else: a signature takes it 35 µs, as much as a third of a delivery. Node's
 * thread pool takes them one by one, each with a lock and a wake-up: a thread that is put off while it holds that lock held
 * up this one for a tenth of a drain (measured on two cores; one thread of its own drains 9 % more).
 * @param entry what the thread runs; only tests have another
 */
export function createSigningThread({ entry = ENTRY }: { readonly entry?: URL } = {}): SigningThread {
  let thread: Thread | null = null;
  let line: Request[] = [];
  const flush = (): void => {
    const requests = line;
    line = [];
    try {
      thread ??= startThread(entry, () => {
        thread = null;
      });
      thread.ask(requests);
    } catch {
      // The host gives no thread: slower, but signed.
      signHere(requests);
    }
  };
  return {
    sign: async (bytes, key) =>
      await new Promise((settle) => {
        line.push({ bytes, key, settle });
        // eslint-disable-next-line no-restricted-syntax -- no time passes here: what else this turn of the loop asks for joins
        if (line.length === 1) setImmediate(flush);
      }),
    close: async () => {
      await thread?.end();
    },
  };
}

interface Thread {
  ask(requests: readonly Request[]): void;
  end(): Promise<void>;
}

/** @param ended called before what is left is signed without it: whoever asks from then on needs another */
function startThread(entry: URL, ended: () => void): Thread {
  const worker = new Worker(entry);
  // In the order of the answers.
  const asked: Request[] = [];
  worker.on("message", (signatures: Uint8Array) => {
    const signed = asked.splice(0, signatures.length / SIGNATURE_BYTES);
    for (const [at, { settle }] of signed.entries()) {
      settle(signatures.subarray(SIGNATURE_BYTES * at, SIGNATURE_BYTES * (at + 1)));
    }
  });
  // It ends with an exit, too; without a listener it would end the process.
  worker.on("error", () => undefined);
  worker.on("exit", () => {
    ended();
    signHere(asked.splice(0));
  });
  return {
    ask: (requests) => {
      asked.push(...requests);
      const batch = batchOf(requests);
      worker.postMessage(batch, [batch.bytes.buffer]);
    },
    end: async () => {
      await worker.terminate();
    },
  };
}

function signHere(requests: readonly Request[]): void {
  const now = async ({ bytes, key }: Request): Promise<Uint8Array> => await signAtOnce(bytes, key);
  for (const request of requests) request.settle(now(request));
}

function batchOf(requests: readonly Request[]): SigningBatch & { readonly bytes: Uint8Array<ArrayBuffer> } {
  const lengths = Uint32Array.from(requests, ({ bytes }) => bytes.length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const request of requests) {
    bytes.set(request.bytes, at);
    at += request.bytes.length;
  }
  const keys = [...new Set(requests.map(({ key }) => key))];
  const place = new Map(keys.map((key, index) => [key, index]));
  return { bytes, lengths, keys, keyOf: Uint32Array.from(requests, ({ key }) => place.get(key) ?? 0) };
}
