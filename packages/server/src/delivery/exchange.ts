import type { Dispatcher } from "undici";
import type { Clock } from "../clock.ts";
import type { Connection } from "./connection.ts";
import { collectReply, type Reply } from "./reply.ts";
import { sendFailureOf } from "./send-error.ts";
import type { SendFailure, SendResult } from "./send-result.ts";

/** One POST, ready to go out. */
export interface ExchangeRequest {
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly acknowledges: (status: number, contentType: string | null) => boolean;
}

/** What {@link exchange} needs beside the request. */
export interface ExchangeOptions {
  readonly request: ExchangeRequest;
  readonly clock: Clock;
  /** Ends the exchange wherever it stands; its reason is a `SendError`. */
  readonly deadline: AbortSignal;
  readonly maxReplyBytes: number;
  /** How long the body behind acknowledging headers is waited for, within the deadline. */
  readonly acknowledgedBodyMs: number;
}

/** How an exchange ended, and what may be done with its connection. */
export interface ExchangeEnd {
  readonly result: SendResult;
  /** The whole reply was read, so the connection may carry another exchange; else it must be destroyed. */
  readonly complete: boolean;
  /** An idle socket was closed as we wrote, and no byte of reply came (reliability.md F20). */
  readonly stale: boolean;
}

type Finish = (how: { readonly failure: SendFailure | null; readonly complete: boolean }) => void;

/**
 * One request and its reply on one connection. Settles once, with a value, when the reply is complete or a limit is
 * met; headers that acknowledge decide, whatever the body does after them (reliability.md F8–F15).
 */
export async function exchange(connection: Connection, options: ExchangeOptions): Promise<ExchangeEnd> {
  const { request, deadline } = options;
  const { promise, resolve } = Promise.withResolvers<ExchangeEnd>();
  const reply = collectReply({ acknowledges: request.acknowledges, maxBytes: options.maxReplyBytes });
  const finish: Finish = ({ failure, complete }) => {
    const result = reply.result() ?? ({ kind: "failed", reason: failure ?? "malformedReply" } as const);
    const stale = result.kind === "failed" && failure === "connectionLost" && connection.wasStale();
    // Only the first call has an effect, as of any promise.
    resolve({ result, complete, stale });
  };
  const onDeadline = (): void => {
    finish({ failure: sendFailureOf(deadline.reason), complete: false });
  };
  deadline.addEventListener("abort", onDeadline, { once: true });
  const handler = handlerOf(reply, finish, options);
  if (deadline.aborted) onDeadline();
  else connection.begin({ method: "POST", path: request.path, headers: request.headers, body: request.body }, handler);
  try {
    return await promise;
  } finally {
    deadline.removeEventListener("abort", onDeadline);
    handler.cancel();
  }
}

function handlerOf(
  reply: Reply,
  finish: Finish,
  { clock, acknowledgedBodyMs }: ExchangeOptions,
): Dispatcher.DispatchHandler & { cancel(): void } {
  let cancel = (): void => undefined;
  return {
    // undici calls nothing without these three; the connection is destroyed by whoever reads the end.
    onRequestStart: () => undefined,
    onResponseStart: (_controller, status, headers) => {
      if (!reply.onHead(status, headers)) finish({ failure: "malformedReply", complete: false });
      if (!reply.isAcknowledged()) return;
      cancel = clock.after(acknowledgedBodyMs, () => {
        finish({ failure: null, complete: false });
      });
    },
    onResponseData: (_controller, chunk) => {
      if (!reply.onBody(chunk)) finish({ failure: null, complete: false });
    },
    onResponseEnd: () => {
      finish({ failure: null, complete: true });
    },
    onResponseError: (_controller, error) => {
      finish({ failure: sendFailureOf(error), complete: false });
    },
    cancel: () => {
      cancel();
    },
  };
}
