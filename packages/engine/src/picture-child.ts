import { type ChildProcess, spawn } from "node:child_process";
import { Duplex } from "node:stream";
import type { Clock } from "./clock.ts";
import { EngineError } from "./engine-error.ts";
import { createFrameReader, encodeFrame, type FrameReader, writeFrame } from "./framing.ts";
import type { ImageFormat } from "./image/image-format.ts";
import type { InspectOptions } from "./inspection.ts";
import type { Launch } from "./launch.ts";
import type { Measured } from "./measure.ts";
import type { ChildMessage, HeaderFacts, InspectMessage, Runtime, StartMessage } from "./messages.ts";
import type { ModelParcel } from "./model-parcel.ts";
import { type ExpectedTemplate, parseReply, replyLimits } from "./reply.ts";
import { residentBytes } from "./resident-memory.ts";

// Imports and six models take 0.35 s on a quiet machine; a child that needs this long never comes.
const START_TIMEOUT_MS = 20_000;
const MAX_STDERR_CHARACTERS = 2000;
// Node's stripper of types is WebAssembly, which would be compiled anew, and better, at every start: a seventh of it, for
// less than fifty files. Eight times the usual budget leaves that to programs that run for longer, such as the fallback.
const FROM_SOURCE = ["--conditions=@sameface/source", "--wasm-tiering-budget=100000000"];

/** How every child of one pool is started and held. */
export interface ChildSettings {
  readonly launch: Launch;
  /** Path of the script that the child runs. */
  readonly entry: string;
  readonly start: Omit<StartMessage, "type" | "modelLengths">;
  /** Kept for the children that take the place of others. */
  readonly models: ModelParcel;
  readonly embedderId: string;
  readonly clock: Clock;
}

/** One picture and what it is inspected for. */
export interface Job {
  readonly bytes: Uint8Array;
  readonly format: ImageFormat;
  readonly purpose: NonNullable<InspectOptions["purpose"]>;
  readonly eyes: boolean;
  readonly headCover: boolean;
}

/** Why a picture was lost with its child. */
export type LossProblem = "decode_timeout" | "worker_crashed";

/** What became of a picture. `header`: what was known of it by then. */
export type JobOutcome = { readonly header: HeaderFacts | null } & (
  | { readonly kind: "inspected"; readonly measured: Measured }
  | { readonly kind: "lost"; readonly problem: LossProblem }
);

/** What a child said of itself when it was ready. */
export interface Ready {
  readonly runtime: Runtime;
  /** Whether it reached the parent's loopback. */
  readonly reachable: boolean;
}

interface CurrentJob {
  readonly id: number;
  readonly startedAtMs: number;
  readonly resolve: (outcome: JobOutcome) => void;
  readonly cancelInspectDeadline: () => void;
  cancelDecodeDeadline: () => void;
  header: HeaderFacts | null;
  decoded: boolean;
}

/**
 * The parent's hold on one child process: starts it, gives it one picture at a time, keeps its deadlines and its
 * memory, and kills it at the first reply that is not exactly what was asked for.
 */
export class PictureChild {
  /** Settles once: with what the child is, or an EngineError when it ended before it was ready. */
  readonly ready: Promise<Ready>;
  /** Resolves when it can do nothing more: it was killed, or its pipe closed. */
  readonly ended: Promise<void>;
  /** Resolves when the operating system says that the process is gone, or never was. */
  readonly gone: Promise<void>;
  readonly #settings: ChildSettings;
  readonly #process: ChildProcess;
  readonly #pipe: Duplex | null;
  readonly #expected: ExpectedTemplate;
  readonly #reader: FrameReader;
  readonly #becomeReady: PromiseWithResolvers<Ready> = Promise.withResolvers();
  readonly #becomeEnded: PromiseWithResolvers<undefined> = Promise.withResolvers();
  readonly #cancelStartDeadline: () => void;
  #starting = true;
  #alive = true;
  #stderr = "";
  #job: CurrentJob | null = null;
  #nextId = 1;

  constructor(settings: ChildSettings) {
    this.#settings = settings;
    const { embedderId, start } = settings;
    this.#expected = { embedderId, vectorLength: start.models.embedder.outputs[0]?.length ?? 0 };
    this.#reader = createFrameReader(replyLimits(this.#expected));
    this.ready = this.#becomeReady.promise;
    this.ended = this.#becomeEnded.promise;
    const gone = Promise.withResolvers<undefined>();
    this.gone = gone.promise;
    this.#process = spawnChild(settings);
    this.#process.once("error", (cause) => {
      this.#end({ cause });
      if (this.#process.pid === undefined) gone.resolve(undefined);
    });
    this.#process.once("exit", () => {
      this.#end();
      gone.resolve(undefined);
    });
    const pipe = this.#process.stdio[3];
    this.#pipe = pipe instanceof Duplex ? pipe : null;
    this.#listen();
    this.#cancelStartDeadline = this.#deadline(START_TIMEOUT_MS, () => {
      if (this.#starting) this.#end();
    });
    const { lengths, bytes } = settings.models;
    this.#write(encodeFrame({ type: "start", ...start, modelLengths: lengths } satisfies StartMessage, bytes));
  }

  /** Process id; `undefined` when the process could not be made. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** False from the moment it is killed or its pipe closes, which may be before `gone`. */
  get alive(): boolean {
    return this.#alive;
  }

  /** How long it has been at its picture, in ms; `null` when it has none. */
  get busyMs(): number | null {
    return this.#job === null ? null : this.#settings.clock.now() - this.#job.startedAtMs;
  }

  /** Gives it one picture; only to be called when it is ready, alive and without one. */
  async inspect(job: Job): Promise<JobOutcome> {
    const { clock, start } = this.#settings;
    const { promise, resolve } = Promise.withResolvers<JobOutcome>();
    const id = this.#nextId;
    this.#nextId += 1;
    this.#job = {
      id,
      startedAtMs: clock.now(),
      resolve,
      header: null,
      decoded: false,
      cancelDecodeDeadline: this.#deadline(start.limits.decodeTimeoutMs, () => {
        if (this.#job?.id === id && !this.#job.decoded) this.#end({ problem: "decode_timeout" });
      }),
      cancelInspectDeadline: this.#deadline(start.limits.inspectTimeoutMs, () => {
        if (this.#job?.id === id) this.#end();
      }),
    };
    const { bytes, ...asked } = job;
    this.#write(encodeFrame({ type: "inspect", id, ...asked } satisfies InspectMessage, bytes));
    return await promise;
  }

  /** Looks at its memory, and kills it when it holds more than it may. */
  watch(): void {
    const resident = this.pid === undefined ? null : residentBytes(this.pid);
    if (resident !== null && resident > this.#settings.start.limits.memoryBytes) this.#end();
  }

  /** SIGKILL; a picture that it had is lost. */
  kill(): void {
    this.#end();
  }

  #listen(): void {
    // A pipe breaks when its child dies; "exit" tells of it.
    this.#pipe?.on("error", () => undefined);
    this.#pipe?.on("data", (chunk: Uint8Array) => {
      const frames = this.#alive ? this.#reader.push(chunk) : [];
      if (frames === null) this.#end();
      for (const frame of frames ?? []) {
        const message = parseReply(frame, this.#expected);
        if (message === null || !this.#receive(message)) this.#end();
      }
    });
    this.#pipe?.once("close", () => {
      this.#end();
    });
    this.#process.stderr?.on("data", (chunk: Uint8Array) => {
      // Kept while no picture has been seen, so that it can hold nothing of one; read and dropped from then on.
      if (this.#starting) this.#stderr = `${this.#stderr}${chunk.toString()}`.slice(-MAX_STDERR_CHARACTERS);
    });
  }

  /** @returns false for a message that is not due */
  #receive(message: ChildMessage): boolean {
    if (!this.#alive) return true;
    if (message.type === "ready" || message.type === "failed") return this.#receiveStart(message);
    const job = this.#job;
    if (job?.id !== message.id) return false;
    switch (message.type) {
      case "header":
        if (job.header !== null || job.decoded) return false;
        job.header = { width: message.width, height: message.height, orientation: message.orientation };
        return true;
      case "decoded":
        if (job.header === null || job.decoded) return false;
        job.decoded = true;
        job.cancelDecodeDeadline();
        return true;
      case "inspected":
        this.#settle({ kind: "inspected", measured: message.measured, header: job.header });
        return true;
    }
  }

  #receiveStart(message: Extract<ChildMessage, { type: "ready" | "failed" }>): boolean {
    if (!this.#starting) return false;
    if (message.type === "failed") {
      this.#becomeReady.reject(new EngineError(message.code, message.message));
      this.#end();
      return true;
    }
    this.#starting = false;
    this.#stderr = "";
    this.#cancelStartDeadline();
    this.#becomeReady.resolve({ runtime: message.runtime, reachable: message.reachable });
    return true;
  }

  #settle(outcome: JobOutcome): void {
    const job = this.#job;
    if (job === null) return;
    this.#job = null;
    job.cancelDecodeDeadline();
    job.cancelInspectDeadline();
    job.resolve(outcome);
  }

  /** Kills it for good, whatever the reason; a picture that it had is lost with `problem`. */
  #end({ problem = "worker_crashed", cause }: { problem?: LossProblem; cause?: Error } = {}): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#process.kill("SIGKILL");
    this.#pipe?.destroy();
    this.#process.stderr?.destroy();
    this.#cancelStartDeadline();
    const reason = this.#stderr === "" ? "it ended, or fell silent, before it was ready" : this.#stderr.trim();
    this.#becomeReady.reject(new EngineError("startFailed", `an engine child did not start: ${reason}`, { cause }));
    this.#becomeEnded.resolve(undefined);
    this.#settle({ kind: "lost", problem, header: this.#job?.header ?? null });
  }

  /** A deadline that lets what already came through the pipe be read first: this process may have been held up too. */
  #deadline(ms: number, expired: () => void): () => void {
    return this.#settings.clock.after(ms, () => setImmediate(expired));
  }

  #write(pieces: readonly Uint8Array[]): void {
    if (this.#pipe !== null) writeFrame(this.#pipe, pieces);
  }
}

function spawnChild({ launch, entry }: ChildSettings): ChildProcess {
  const flags = entry.endsWith(".ts") ? FROM_SOURCE : [];
  const [command, ...args] = [...launch, process.execPath, ...flags, entry];
  // Windows starts nothing without this one; everywhere else the environment is empty.
  const systemRoot = process.platform === "win32" ? process.env["SystemRoot"] : undefined;
  return spawn(command, args, {
    cwd: "/",
    env: systemRoot === undefined ? {} : { SystemRoot: systemRoot },
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    // A session of its own: Ctrl-C in the terminal reaches the parent alone, which then decides.
    detached: process.platform !== "win32",
    windowsHide: true,
  });
}
