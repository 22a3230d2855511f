import { constants, fstatSync, openSync, writeSync } from "node:fs";
import type { Clock } from "./clock.ts";

/** What may wait for a reader; a line more is dropped and counted. */
const MOST_BYTES = 1_000_000;
const RETRY_MS = 50;

/** Takes bytes and answers how many it took; throws `EAGAIN` when it can take none now. */
type Write = (bytes: Uint8Array) => number;

/**
 * Writes lines where writing may fail for want of a reader: what is not taken waits, bounded, and the caller never does
 * (F49). What was dropped is told in a line of its own, as soon as all that waited is taken.
 */
export class LogSink {
  readonly #clock: Clock;
  readonly #write: Write;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  #isScheduled = false;

  constructor(options: { readonly clock: Clock; readonly write: Write }) {
    this.#clock = options.clock;
    this.#write = options.write;
  }

  /** @param line its line break included */
  write(line: string): void {
    this.#keep(line);
    if (!this.#isScheduled) this.#drain();
  }

  #keep(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#waitingBytes + bytes.length > MOST_BYTES) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
  }

  #drain(): void {
    while (this.#waiting.length > 0) {
      const bytes = Buffer.concat(this.#waiting);
      const taken = take(this.#write, bytes);
      // `null`: nobody will ever read it, and what waits is of no use.
      const rest = bytes.subarray(taken ?? bytes.length);
      this.#waiting = rest.length === 0 ? [] : [rest];
      this.#waitingBytes = rest.length;
      if (rest.length === 0) this.#tellDropped();
      if (taken === 0) {
        this.#schedule();
        return;
      }
    }
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return;
    const time = new Date(this.#clock.nowMs()).toISOString();
    const message = "lines of the log were dropped: nobody read them";
    this.#keep(`${JSON.stringify({ time, level: "warn", message, count: this.#dropped })}\n`);
    this.#dropped = 0;
  }

  #schedule(): void {
    this.#isScheduled = true;
    this.#clock.after(RETRY_MS, () => {
      this.#isScheduled = false;
      this.#drain();
    });
  }
}

/** How many bytes were taken; `null`: the reader is gone. */
function take(write: Write, bytes: Uint8Array): number | null {
  try {
    return write(bytes);
  } catch (fault) {
    return fault instanceof Error && "code" in fault && fault.code === "EAGAIN" ? 0 : null;
  }
}

/**
 * Standard error for the log. A pipe is opened a second time, so that no write waits for its reader: Node would keep what
 * is not read in memory without a bound, or wait.
 */
export function stderrSink(clock: Clock): (line: string) => void {
  const pipe = openPipeAgain(2);
  if (pipe === null) {
    return (line) => {
      process.stderr.write(line);
    };
  }
  const sink = new LogSink({ clock, write: (bytes) => writeSync(pipe, bytes) });
  return (line) => {
    sink.write(line);
  };
}

/** `null`: no pipe, or a system that can't open it again. */
function openPipeAgain(descriptor: number): number | null {
  try {
    if (!fstatSync(descriptor).isFIFO()) return null;
    return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return null;
  }
}
