export type { HeadersLike, Mac, ReceivedOutcome } from "@sameface/contract";
export { type BearerOptions, type BearerTokens, bearerTokens } from "./bearer-tokens.ts";
export type { Hash } from "./body-hash.ts";
export { type CollectedBody, collectBody, MAX_BODY_BYTES } from "./collect-body.ts";
export { type ConfirmOptions, confirm } from "./confirm.ts";
export type {
  Begin,
  Claim,
  DedupeEntry,
  DedupeStore,
  InboxEvent,
  InboxStore,
  NowMs,
  Quarantined,
  ReceiverStore,
  RememberOptions,
  Run,
  SharedStoreOptions,
} from "./dedupe/dedupe-store.ts";
export { createMemoryStore, type MemoryStoreOptions } from "./dedupe/memory.ts";
export { createPostgresStore, type PostgresClient } from "./dedupe/postgres.ts";
export { createRedisStore, type RedisClient } from "./dedupe/redis.ts";
export { createSqliteStore, type SqliteDriver, type SqliteStatement } from "./dedupe/sqlite.ts";
export { exchangeNode, exchangeWeb, type NodeRequest, type NodeResponse } from "./exchange.ts";
export type { AnyHandler, ConflictHandler, ErrorHandler, Handler, HandlerName, OutcomeOf } from "./handlers.ts";
export type { SetTimer } from "./inbox.ts";
export type { Unreadable } from "./read-outcome.ts";
export { type ByteStream, readStream } from "./read-stream.ts";
export { createReceiver, type IncomingRequest, type Receiver, type ReceiverOptions, type Receives } from "./receive.ts";
export type { ReceivedEvent } from "./received-event.ts";
export { ReceiverError, type ReceiverErrorCode } from "./receiver-error.ts";
export { REFUSAL_STATUS, type Refusal } from "./refusals.ts";
export { type ReceiveResult, type Reply, refuse } from "./reply.ts";
export type { HeaderAuth, SourceOptions } from "./source.ts";
export { type StaticHeader, staticHeader } from "./static-header.ts";
