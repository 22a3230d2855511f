export type { HeadersLike, ReceivedOutcome } from "@sameface/contract";
export type { Begin, DedupeEntry, DedupeStore, NowMs } from "./dedupe/dedupe-store.ts";
export { createMemoryStore } from "./dedupe/memory.ts";
export { createSqliteStore, type SqliteDriver } from "./dedupe/sqlite.ts";
export type { AnyHandler, Handler, HandlerName, OutcomeOf } from "./handlers.ts";
export {
  createReceiver,
  type IncomingRequest,
  MAX_BODY_BYTES,
  type Receiver,
  type ReceiverOptions,
} from "./receive.ts";
export type { ReceivedEvent } from "./received-event.ts";
export { ReceiverError, type ReceiverErrorCode } from "./receiver-error.ts";
export { REFUSAL_STATUS, type Refusal } from "./refusals.ts";
export { type ReceiveResult, type Reply, refuse } from "./reply.ts";
