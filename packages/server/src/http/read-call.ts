import "@fastify/multipart";
import { parseStrictJson } from "@sameface/contract";
import type { FastifyRequest } from "fastify";
import type { Span } from "../tracing/tracer.ts";
import type { ClientFacts } from "./client-facts.ts";
import { decodeImage, readMultipart } from "./read-upload.ts";
import { type Call, type Caller, type ProblemAnswer, problem, type RouteShape } from "./route.ts";
import { compileValidator } from "./validate.ts";

/** A call that fits its route, or the problem to answer. */
export type ReadCall =
  | { readonly ok: true; readonly call: Call<RouteShape> }
  | { readonly ok: false; readonly problem: ProblemAnswer };

/** Reads the calls of one route; its schemas are compiled once. */
export type CallReader = (
  request: FastifyRequest,
  who: {
    readonly caller: Caller | null;
    readonly client: ClientFacts;
    readonly span: Span;
    readonly gone: () => AbortSignal;
  },
) => Promise<ReadCall>;

/** Visible ASCII: what every client and log can carry. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

export function createCallReader(shape: RouteShape): CallReader {
  const checkParams = shape.params === undefined ? null : compileValidator(shape.params, "path");
  const checkQuery = compileValidator(shape.query ?? NO_FIELDS, "query");
  const readBody = createBodyReader(shape);
  return async (request, { gone, ...who }) => {
    if (namesNothing(request.params)) return { ok: false, problem: problem("notFound", "The path names nothing.") };
    const wrong = checkParams?.(request.params) ?? checkQuery(request.query);
    if (wrong !== null) return { ok: false, problem: wrong };
    const key = shape.idempotent === true ? request.headers["idempotency-key"] : undefined;
    if (key !== undefined && (typeof key !== "string" || !IDEMPOTENCY_KEY.test(key))) {
      return { ok: false, problem: problem("validation", "An Idempotency-Key is 1 to 255 visible ASCII characters.") };
    }
    const body = await readBody(request);
    if (!body.ok) return body;
    const { params, query, id } = request;
    // The checks above are those of the shape, so the parts fit it.
    const call = { ...who, params, query, body: body.value, idempotencyKey: key ?? null, requestId: id, gone };
    return { ok: true, call: call as unknown as Call<RouteShape> };
  };
}

/** What a path can't mean, however it was spelt: nothing, the folder itself or above, a control character (B19). */
function namesNothing(params: unknown): boolean {
  const values: readonly unknown[] = Object.values(params ?? {});
  return values.some((value) => typeof value === "string" && /^\.{0,2}$|\p{Cc}/u.test(value));
}

type ReadBody =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: ProblemAnswer };

const NO_FIELDS = { type: "object", additionalProperties: false } as const;

function createBodyReader({ body }: RouteShape): (request: FastifyRequest) => Promise<ReadBody> | ReadBody {
  if (body === undefined) return readNothing;
  if (body.kind === "lines") return readLines;
  const check = compileValidator(body.schema, "body");
  const other = body.kind === "upload" ? otherReader(body) : null;
  const optional = body.kind === "json" && body.optional === true;
  const readJson = (request: FastifyRequest): ReadBody => {
    if (optional && isEmpty(request.body)) return { ok: true, value: {} };
    if (!(request.body instanceof Uint8Array)) return { ok: false, problem: noBody() };
    const parsed = parseStrictJson(request.body);
    if (!parsed.ok)
      return { ok: false, problem: problem("malformedJson", `The body is not strict JSON: ${parsed.reason}.`) };
    const wrong = (other?.takes(parsed.value) === true ? other.check : check)(parsed.value);
    return wrong === null ? { ok: true, value: parsed.value } : { ok: false, problem: wrong };
  };
  if (body.kind === "json" || body.kind === "report") return readJson;
  return async (request) => {
    if (request.isMultipart()) return await readForm(request, check);
    const read = readJson(request);
    if (!read.ok || other?.takes(read.value) === true) return read;
    // The schema of an upload has `image` as a text.
    const fields = read.value as { readonly image: string };
    const decoded = decodeImage(fields.image);
    return decoded.ok ? { ok: true, value: { ...fields, image: decoded.image } } : decoded;
  };
}

/** The body that may come in place of an upload: told by a field which the upload does not have. */
function otherReader({ schema, or }: Extract<RouteShape["body"], { kind: "upload" }>): {
  readonly takes: (value: unknown) => boolean;
  readonly check: ReturnType<typeof compileValidator>;
} | null {
  if (or === undefined) return null;
  const own = Object.keys(or.properties).filter((name) => !(name in schema.properties));
  return {
    takes: (value) => typeof value === "object" && value !== null && own.some((name) => name in value),
    check: compileValidator(or, "body"),
  };
}

async function readForm(request: FastifyRequest, check: ReturnType<typeof compileValidator>): Promise<ReadBody> {
  const upload = await readMultipart(request);
  if (!upload.ok) return upload;
  const wrong = check({ ...upload.fields, image: "" });
  return wrong === null
    ? { ok: true, value: { ...upload.fields, image: upload.image } }
    : { ok: false, problem: wrong };
}

function readLines(request: FastifyRequest): ReadBody {
  return request.body instanceof Uint8Array ? { ok: true, value: request.body } : { ok: false, problem: noBody() };
}

/** `{}` is taken for nothing: some clients send it with every POST. */
function readNothing(request: FastifyRequest): ReadBody {
  const { body } = request;
  return isEmpty(body) || (body instanceof Uint8Array && Buffer.from(body).toString("latin1").trim() === "{}")
    ? { ok: true, value: undefined }
    : { ok: false, problem: problem("validation", "This call takes no body.") };
}

function isEmpty(body: unknown): boolean {
  return !(body instanceof Uint8Array) || body.length === 0;
}

function noBody(): ProblemAnswer {
  return problem("malformedJson", "The call needs a body.");
}
