import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient } from "../api-client.ts";
import type { CommandContext } from "../command-context.ts";
import { forward, type SignedRequest } from "./forward.ts";
import { isAcknowledged, showNotice, showRequest } from "./show.ts";
import {
  type DeliveryResult,
  LineError,
  leaveStream,
  nextDelivery,
  type OpenedStream,
  type StreamDelivery,
  signPast,
} from "./stream-client.ts";
import { createSwitches, type Switches } from "./switches.ts";

/** What {@link runListener} works with. */
export interface Listener {
  readonly context: CommandContext;
  readonly client: ApiClient;
  readonly stream: OpenedStream;
  /** The local receiver. */
  readonly forwardTo: string;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;

/**
 * Forwards one delivery after the other until the user stops it. A broken line is told and tried again; a result that
 * did not get through goes with the next ask.
 * @throws {CliError} `refused`: the stream is gone, or another listener's
 */
export async function runListener(listener: Listener): Promise<void> {
  const { context } = listener;
  const stop = new AbortController();
  const signal = AbortSignal.any([context.terminal.stop, stop.signal]);
  const switches = createSwitches();
  const forgetKeys = takeKeys({ ...listener, switches, quit: stop });
  let done: DeliveryResult | null = null;
  try {
    const asking = createAsking(listener, signal);
    while (!signal.aborted) {
      await switches.running(signal);
      const delivery = await asking.next(done);
      if (delivery === undefined) continue;
      done = null;
      // Paused while the ask was under way: it is asked for again later, freshly signed.
      if (delivery !== null && !switches.isPaused()) done = await deliver({ ...listener, switches, signal }, delivery);
    }
    await leave(listener, done);
  } finally {
    forgetKeys();
  }
}

async function leave({ context, client, stream }: Listener, done: DeliveryResult | null): Promise<void> {
  try {
    await leaveStream(client, stream, done);
  } catch (error) {
    // Nothing to report: the server finds out by itself that nobody asks.
    if (done === null) return;
    const cause = error instanceof Error ? error.message : String(error);
    showNotice(context, `The last result could not be reported (${cause}): it will come once more.`);
  }
}

/** Asks over a line that may break. */
interface Asking {
  /** `null`: none came; `undefined`: the line broke, ask again with the same result. */
  next(done: DeliveryResult | null): Promise<StreamDelivery | null | undefined>;
}

function createAsking({ context, client, stream }: Listener, stop: AbortSignal): Asking {
  let failures = 0;
  return {
    next: async (done) => {
      try {
        const delivery = await nextDelivery(client, stream, { done, stop });
        if (failures > 0) showNotice(context, "Connected again.");
        failures = 0;
        return delivery;
      } catch (error) {
        if (stop.aborted) return undefined;
        if (!(error instanceof LineError)) throw error;
        const waitMs = waitOf(failures);
        failures += 1;
        showNotice(context, `The line to ${client.url} broke (${error.message}); trying again in ${waitMs / 1000} s …`);
        await wait(waitMs, stop);
        return undefined;
      }
    },
  };
}

/** `null`: nobody was there to receive it; it waits on the server and comes again. */
async function deliver(
  { context, forwardTo, switches, signal }: Listener & { readonly switches: Switches; readonly signal: AbortSignal },
  delivery: StreamDelivery,
): Promise<DeliveryResult | null> {
  const { request } = delivery;
  const atMs = Date.now();
  const forwarded = await forward(request, { url: forwardTo, fetch: context.terminal.fetch });
  if (forwarded.kind === "noReceiver") {
    const waitMs = waitOf(switches.missed());
    const told = "start it, nothing is lost";
    showNotice(context, `No receiver answers at ${forwardTo}: ${told}. Trying again in ${waitMs / 1000} s …`);
    await wait(waitMs, signal);
    return null;
  }
  const durationMs = Date.now() - atMs;
  switches.reached(request.eventId);
  if (switches.shows({ outcome: request.outcome, forwarded })) {
    showRequest(context, { request, forwarded, durationMs, atMs, resent: false });
  }
  return { delivery, forwarded, durationMs };
}

/** Sends a past event once more, marked as a test unless asked otherwise; answers whether it was acknowledged. */
export async function resend(
  { context, client, forwardTo }: Pick<Listener, "context" | "client" | "forwardTo">,
  where: { readonly streamId: string; readonly eventId: string; readonly marked: boolean },
): Promise<"acknowledged" | "refused" | "noReceiver"> {
  const request: SignedRequest = await signPast(client, where);
  const atMs = Date.now();
  const forwarded = await forward(request, { url: forwardTo, fetch: context.terminal.fetch });
  if (forwarded.kind === "noReceiver") return "noReceiver";
  showRequest(context, { request, forwarded, durationMs: Date.now() - atMs, atMs, resent: true });
  return isAcknowledged(forwarded) ? "acknowledged" : "refused";
}

function takeKeys(parts: Listener & { readonly switches: Switches; readonly quit: AbortController }): () => void {
  const { context, switches, quit } = parts;
  const { onKey } = context.terminal;
  if (onKey === null) return () => undefined;
  if (!context.json) context.terminal.err("Keys: r resend the last one, f filter, p pause, q quit");
  const tell = (text: string): void => {
    showNotice(context, text);
  };
  return onKey((key) => {
    if (key === "q") quit.abort();
    if (key === "p") tell(switches.togglePause());
    if (key === "f") tell(switches.nextFilter());
    if (key === "r") void resendLast(parts);
  });
}

async function resendLast(parts: Listener & { readonly switches: Switches }): Promise<void> {
  const eventId = parts.switches.lastEventId();
  if (eventId === null) {
    showNotice(parts.context, "Nothing came yet that could be sent again.");
    return;
  }
  try {
    const sent = await resend(parts, { streamId: parts.stream.id, eventId, marked: true });
    if (sent === "noReceiver") showNotice(parts.context, `No receiver answers at ${parts.forwardTo}.`);
  } catch (error) {
    showNotice(parts.context, error instanceof Error ? error.message : String(error));
  }
}

function waitOf(failures: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  // Stopped meanwhile: the caller looks.
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
