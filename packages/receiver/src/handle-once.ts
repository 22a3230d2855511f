import type { ReceivedOutcome } from "@sameface/contract";
import type { DedupeStore } from "./dedupe/dedupe-store.ts";
import type { Handlers } from "./handlers.ts";
import type { ReceivedEvent } from "./received-event.ts";
import { acknowledge, failed, type Reply, stillRunning } from "./reply.ts";

/** Calls the handler of a verified event unless it was done before, or is being done. @internal */
export type HandleOnce = (outcome: ReceivedOutcome, event: ReceivedEvent) => Promise<Reply>;

/** What it stands on. @internal */
export interface HandleOnceParts {
  readonly store: DedupeStore;
  readonly leaseMs: number;
  readonly handlers: Handlers;
}

/** Ties the store to the handlers: begin → handler → done or failed. @internal */
export function createHandleOnce({ store, leaseMs, handlers }: HandleOnceParts): HandleOnce {
  const run = async (outcome: ReceivedOutcome, event: ReceivedEvent, token: number): Promise<Reply> => {
    const handler = handlers.find(outcome);
    try {
      await handler?.(outcome, event);
    } catch (error) {
      await handlers.report(error, event); // before the store is asked, whose own fault must not hide this one
      await store.failed({ id: event.id, token });
      return failed(error);
    }
    try {
      await store.done({ id: event.id, token });
    } catch (error) {
      await handlers.report(error, event); // and acknowledged all the same: a retry would only handle it again
    }
    return acknowledge(handler === undefined ? "unhandled" : "handled");
  };
  return async (outcome, event) => {
    const begun = await store.begin({ id: event.id, bodyHash: await sha256(event.body), leaseMs });
    switch (begun.kind) {
      case "first":
        return await run(outcome, event, begun.token);
      case "running":
        return stillRunning(begun.retryAfterMs);
      case "done":
        return acknowledge("duplicate");
      case "conflict":
        await handlers.conflict(event);
        return acknowledge("conflict");
    }
  };
}

async function sha256(body: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", Uint8Array.from(body));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
