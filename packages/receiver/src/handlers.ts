import type { ReceivedOutcome } from "@sameface/contract";
import type { ReceivedEvent } from "./received-event.ts";
import { ReceiverError } from "./receiver-error.ts";

/** What a handler can be registered for: an outcome, or every one but `passed`. */
export type HandlerName = ReceivedOutcome["kind"] | "not-passed";

/** The outcomes that reach a handler of that name. */
export type OutcomeOf<Name extends HandlerName> = Name extends "not-passed"
  ? Exclude<ReceivedOutcome, { readonly kind: "passed" }>
  : Extract<ReceivedOutcome, { readonly kind: Name }>;

/** What the application does; a rejection makes the sender try again. */
export type Handler<Name extends HandlerName> = (
  outcome: OutcomeOf<Name>,
  event: ReceivedEvent,
) => void | Promise<void>;

/** A handler whose outcome was matched to its name at registration. */
export type AnyHandler = (outcome: ReceivedOutcome, event: ReceivedEvent) => void | Promise<void>;

/** Takes an event whose id was received before with another body; a rejection makes the sender try again. */
export type ConflictHandler = (event: ReceivedEvent) => void | Promise<void>;

/** Is told what a handler or a store threw. `event` is absent when the fault came before the signature held. */
export type ErrorHandler = (error: unknown, event?: ReceivedEvent) => void | Promise<void>;

/** The application's functions, each set at most once. @internal */
export interface Handlers {
  set(name: HandlerName | "unhandled", handler: AnyHandler): void;
  setConflict(handler: ConflictHandler): void;
  setError(handler: ErrorHandler): void;
  /** The finer name wins over `not-passed`, and that over `unhandled`. */
  find(outcome: ReceivedOutcome): AnyHandler | undefined;
  conflict(event: ReceivedEvent): Promise<void>;
  /** Never rejects. */
  report(error: unknown, event?: ReceivedEvent): Promise<void>;
}

/** An empty registry. @internal */
export function createHandlers(): Handlers {
  const byName = new Map<HandlerName | "unhandled", AnyHandler>();
  let onConflict: ConflictHandler | undefined;
  // Whoever sets no handler must still see the fault somewhere.
  let onError: ErrorHandler | undefined;
  const report: ErrorHandler = async (error, event) => {
    try {
      if (onError === undefined) console.error(error);
      else await onError(error, event);
    } catch (second) {
      console.error(error, second);
    }
  };
  return {
    set(name, handler) {
      refuseTwice(name, byName.get(name));
      byName.set(name, handler);
    },
    setConflict(handler) {
      refuseTwice("onConflict", onConflict);
      onConflict = handler;
    },
    setError(handler) {
      refuseTwice("onError", onError);
      onError = handler;
    },
    find({ kind }) {
      return byName.get(kind) ?? (kind === "passed" ? undefined : byName.get("not-passed")) ?? byName.get("unhandled");
    },
    async conflict(event) {
      if (onConflict !== undefined) await onConflict(event);
      else await report(new ReceiverError("conflict", `webhook-id ${event.id} came again with another body`), event);
    },
    report: async (error, event) => {
      await report(error, event);
    },
  };
}

function refuseTwice(name: string, handler: unknown): void {
  if (handler !== undefined) throw new ReceiverError("handlerTwice", `"${name}" already has a handler`);
}
