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

/** Handlers by name; the finer name wins over `not-passed`. */
export interface Handlers {
  set<Name extends HandlerName>(name: Name, handler: Handler<Name>): void;
  find(outcome: ReceivedOutcome): AnyHandler | undefined;
}

/** An empty registry. */
export function createHandlers(): Handlers {
  const byName = new Map<HandlerName, AnyHandler>();
  return {
    set(name, handler) {
      if (byName.has(name)) throw new ReceiverError("handlerTwice", `"${name}" already has a handler`);
      // `find` calls it with outcomes of its name only, which the type of the map can't say.
      byName.set(name, handler as AnyHandler);
    },
    find(outcome) {
      return byName.get(outcome.kind) ?? (outcome.kind === "passed" ? undefined : byName.get("not-passed"));
    },
  };
}
