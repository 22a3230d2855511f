import type { ReceivedOutcome } from "@sameface/contract";
import type { ReceiverStore } from "./dedupe/dedupe-store.ts";
import type { Handlers } from "./handlers.ts";
import type { ReceivedEvent } from "./received-event.ts";
import { acknowledge, failed, type Reply, stillRunning } from "./reply.ts";

/** What is done with an authentic event. @internal */
export type Take = (outcome: ReceivedOutcome, event: ReceivedEvent, bodyHash: string) => Promise<Reply>;

/** What it stands on. @internal */
export interface TakeParts {
  readonly store: ReceiverStore;
  readonly leaseMs: number;
  readonly handlers: Handlers;
}

/** Calls the handler unless that was done before, or is being done: begin → handler → done or failed. @internal */
export function createHandleOnce(parts: TakeParts): Take {
  const { store, leaseMs, handlers } = parts;
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
  return async (outcome, event, bodyHash) => {
    const begun = await store.begin({ id: event.id, bodyHash, leaseMs });
    switch (begun.kind) {
      case "first":
        return await run(outcome, event, begun.token);
      case "running":
        return stillRunning(begun.retryAfterMs);
      case "done":
        return acknowledge("duplicate");
      case "conflict":
        return await conflicted(parts, { ...event, bodyHash });
    }
  };
}

/** One id, two bodies: the second is kept, and acknowledged with an alarm. @internal */
export async function conflicted(
  { store, handlers }: TakeParts,
  { bodyHash, ...event }: ReceivedEvent & { readonly bodyHash: string },
): Promise<Reply> {
  await store.quarantine({ ...event, bodyHash, reason: "conflict" });
  await handlers.conflict(event);
  return acknowledge("conflict");
}
