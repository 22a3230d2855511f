import { type ApiAnswer, type ApiClient, accepted, describeProblem, isRecord, textOf } from "../api-client.ts";
import { CliError } from "../cli-error.ts";
import { listAll } from "../list-all.ts";
import type { Forwarded, SignedRequest } from "./forward.ts";

/** A stream as the server opened it for this listener. */
export interface OpenedStream {
  readonly id: string;
  readonly session: string;
  /** Deliveries that were missed. */
  readonly waiting: number;
  /** Only where this call made the stream. */
  readonly secret: string | null;
}

/** One delivery under lease. */
export interface StreamDelivery {
  readonly deliveryId: string;
  readonly lease: number;
  readonly request: SignedRequest;
}

/** What became of a delivery, for the server's attempt log. */
export interface DeliveryResult {
  readonly delivery: StreamDelivery;
  readonly forwarded: Exclude<Forwarded, { readonly kind: "noReceiver" }>;
  readonly durationMs: number;
}

/** The line to the server broke, or it can't answer now: worth another try. */
export class LineError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "LineError";
  }
}

/** An ask is answered within 20 s: what takes much longer is a dead line. */
const DEAD_LINE_MS = 30_000;

/** Makes the stream of that name or takes it over. `fresh`: what was missed is forgotten, and the secret is new. */
export async function openStream(
  client: ApiClient,
  options: { readonly name: string; readonly outcomes: readonly string[] | null | undefined; readonly fresh: boolean },
): Promise<OpenedStream> {
  const { name, outcomes, fresh } = options;
  const body = { name, ...(outcomes === undefined ? {} : { outcomes }) };
  const opened = await client.expect("/v1/streams", { method: "POST", body });
  if (!fresh || typeof opened["secret"] === "string") return toOpened(opened);
  await client.expect(`/v1/endpoints/${String(opened["id"])}`, { method: "DELETE" });
  return toOpened(await client.expect("/v1/streams", { method: "POST", body }));
}

function toOpened(answer: Record<string, unknown>): OpenedStream {
  return {
    id: String(answer["id"]),
    session: String(answer["session"]),
    waiting: Number(answer["waiting"]),
    secret: textOf(answer["secret"]) ?? null,
  };
}

/** The id of a stream, without taking it from its listener; `null`: there is none of that name. */
export async function findStream(client: ApiClient, name: string): Promise<string | null> {
  const url = `stream:${encodeURIComponent(name)}`;
  const endpoints = await listAll(async (page) => accepted(await client.api.listEndpoints(page)));
  return endpoints.find((one) => one.url === url)?.id ?? null;
}

/**
 * Reports the last delivery and asks for the next one; `null`: none came for a while.
 * @throws {LineError} ask again with the same result: it counts once
 * @throws {CliError} `refused`: the stream is gone, or another listener's
 */
export async function nextDelivery(
  client: ApiClient,
  { id, session }: OpenedStream,
  ask: { readonly done: DeliveryResult | null; readonly stop: AbortSignal },
): Promise<StreamDelivery | null> {
  const body = { session, ...(ask.done === null ? {} : { done: toReport(ask.done) }) };
  const signal = AbortSignal.any([ask.stop, AbortSignal.timeout(DEAD_LINE_MS)]);
  const answer = await overLine(client.call(`/v1/streams/${id}/next`, { method: "POST", body, signal }));
  const delivery = isRecord(answer.body) ? answer.body["delivery"] : null;
  // The server is the one that this package speaks to; its answers are checked against its own schema there.
  return delivery as StreamDelivery | null;
}

/** Reports the last delivery, if any, and that no more is asked for. */
export async function leaveStream(
  client: ApiClient,
  { id, session }: OpenedStream,
  done: DeliveryResult | null,
): Promise<void> {
  const body = { session, ...(done === null ? {} : { done: toReport(done) }), leaving: true };
  const signal = AbortSignal.timeout(LEAVING_MS);
  await overLine(client.call(`/v1/streams/${id}/next`, { method: "POST", body, signal }));
}

const LEAVING_MS = 3_000;

/** A past event, signed for the stream. */
export async function signPast(
  client: ApiClient,
  where: { readonly streamId: string; readonly eventId: string; readonly marked: boolean },
): Promise<SignedRequest> {
  const { streamId, eventId, marked } = where;
  const answer = await client.expect(`/v1/streams/${streamId}/sign`, { method: "POST", body: { eventId, marked } });
  return answer as unknown as SignedRequest; // as in nextDelivery
}

async function overLine(call: Promise<ApiAnswer>): Promise<ApiAnswer> {
  let answer: ApiAnswer;
  try {
    answer = await call;
  } catch (cause) {
    throw new LineError(lineFault(cause), { cause });
  }
  if (answer.status === 429 || answer.status >= 500) throw new LineError(describeProblem(answer));
  if (answer.status >= 300) throw new CliError("refused", describeProblem(answer));
  return answer;
}

function lineFault(fault: unknown): string {
  const cause = fault instanceof CliError ? fault.cause : fault;
  if (cause instanceof Error && cause.name === "TimeoutError") return "no answer for 30 s";
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error && "code" in inner ? String(inner.code) : "the line broke";
}

function toReport({ delivery, forwarded, durationMs }: DeliveryResult): unknown {
  const { deliveryId, lease } = delivery;
  const answer =
    forwarded.kind === "failed"
      ? { failure: forwarded.failure }
      : {
          status: forwarded.status,
          contentType: forwarded.contentType?.slice(0, 256) ?? null,
          body: Buffer.from(forwarded.body).toString("base64"),
        };
  return { deliveryId, lease, durationMs, answer };
}
