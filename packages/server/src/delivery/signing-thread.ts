import type { KeyObject } from "node:crypto";
import { Worker } from "node:worker_threads";
import { type SignEd25519, signAtOnce } from "./node-signing.ts";
import { SIGNATURE_BYTES, type SignedPart, type SigningBatch } from "./signing-batch.ts";

/** A thread that signs, begun when it is first asked. */
export interface SigningThread {
  /** What one turn of the loop asks for is told together. Rejects for a key that does not sign. */
  readonly sign: SignEd25519;
  /** Ends it. What it has not signed, and what is asked for later, is signed here. */
  close(): Promise<void>;
}

/** What {@link createSigningThread} is made of. */
export interface SigningThreadOptions {
  /** Told when a thread ends that was not closed, or can't be had; what it had is signed all the same. */
  readonly onFault: (fault: unknown) => void;
  /** What the thread runs; only tests have another. */
  readonly entry?: URL;
  /** Signs where no thread does; only tests have another. */
  readonly here?: SignEd25519;
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
 * Signs beside the one thread that does all else: a signature takes it 35 µs. Node's thread pool takes them one by one,
 * each with a lock and a wake-up: a thread that is put off while it holds that lock held up this one for a tenth of a drain
 * (measured on two cores; one thread of its own drains 9 % more). One that ends before it has signed anything is not begun
 * again.
 */
export function createSigningThread(options: SigningThreadOptions): SigningThread {
  const { onFault, entry = ENTRY, here = signAtOnce } = options;
  let thread: Thread | null = null;
  let isWanted = true;
  let line: Request[] = [];
  const signHere = (requests: readonly Request[]): void => {
    const now = async ({ bytes, key }: Request): Promise<Uint8Array> => await here(bytes, key);
    for (const request of requests) request.settle(now(request));
  };
  const onEnd: ThreadParts["onEnd"] = ({ fault, unsigned, hasSigned }) => {
    thread = null;
    // One that is closed has ended as it should.
    if (isWanted) onFault(fault);
    isWanted &&= hasSigned;
    signHere(unsigned);
  };
  const flush = (): void => {
    const requests = line;
    line = [];
    try {
      if (isWanted) thread ??= startThread({ entry, onEnd });
    } catch (fault) {
      onFault(fault);
      isWanted = false;
    }
    if (thread === null) signHere(requests);
    else thread.ask(requests);
  };
  return {
    sign: async (bytes, key) =>
      await new Promise((settle) => {
        line.push({ bytes, key, settle });
        // eslint-disable-next-line no-restricted-syntax -- no time passes here: what else this turn of the loop asks for joins
        if (line.length === 1) setImmediate(flush);
      }),
    close: async () => {
      isWanted = false;
      await thread?.end();
    },
  };
}

interface Thread {
  ask(requests: readonly Request[]): void;
  end(): Promise<void>;
}

interface ThreadParts {
  readonly entry: URL;
  /** Called once, when it has ended for whatever reason. */
  readonly onEnd: (end: {
    readonly fault: unknown;
    readonly unsigned: readonly Request[];
    readonly hasSigned: boolean;
  }) => void;
}

function startThread({ entry, onEnd }: ThreadParts): Thread {
  // Neither the settings of this process nor what it was told to load: the thread needs none of it.
  const worker = new Worker(entry, { env: {}, execArgv: [] });
  const asked = new Map<number, readonly Request[]>();
  let last = 0;
  let hasSigned = false;
  let fault: unknown = new Error("the thread has ended");
  worker.on("message", (part: SignedPart) => {
    hasSigned = true;
    if (answer(asked.get(part.batch) ?? [], part) === "last") asked.delete(part.batch);
  });
  const end = async (why: unknown): Promise<void> => {
    fault = why;
    await worker.terminate();
  };
  // Without a listener it would end the process; an exit follows.
  worker.on("error", (why) => {
    fault = why;
  });
  // An answer that can't be read would be missing for ever.
  worker.on("messageerror", (why) => void end(why));
  worker.on("exit", () => {
    // What was signed already takes no second signature.
    onEnd({ fault, unsigned: [...asked.values()].flat(), hasSigned });
    asked.clear();
  });
  return {
    ask: (requests) => {
      last += 1;
      asked.set(last, requests);
      try {
        const batch = batchOf(requests, last);
        worker.postMessage(batch, [batch.bytes.buffer]);
      } catch (why) {
        // It never learns of these: with its end they are signed elsewhere.
        void end(why);
      }
    },
    end: async () => {
      await end(fault);
    },
  };
}

function answer(requests: readonly Request[], { from, signatures }: SignedPart): "last" | "more" {
  const many = signatures.length / SIGNATURE_BYTES;
  for (const [at, { settle }] of requests.slice(from, from + many).entries()) {
    settle(signatures.subarray(SIGNATURE_BYTES * at, SIGNATURE_BYTES * (at + 1)));
  }
  return from + many === requests.length ? "last" : "more";
}

function batchOf(
  requests: readonly Request[],
  batch: number,
): SigningBatch & { readonly bytes: Uint8Array<ArrayBuffer> } {
  const lengths = Uint32Array.from(requests, ({ bytes }) => bytes.length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const request of requests) {
    bytes.set(request.bytes, at);
    at += request.bytes.length;
  }
  const keys = [...new Set(requests.map(({ key }) => key))];
  const place = new Map(keys.map((key, index) => [key, index]));
  return { batch, bytes, lengths, keys, keyOf: Uint32Array.from(requests, ({ key }) => place.get(key) ?? 0) };
}
