import { ContractError } from "../contract-error.ts";
import { OPERATIONS, type Operations, type Schemas } from "./api.gen.ts";

/** The `operationId` of a call. */
export type OperationName = keyof Operations;

/** What a call takes: parameters of path and query by their names, `body`, and `idempotencyKey` where it is looked at. */
export type Input<Name extends OperationName> = Operations[Name]["input"];

/** What a call resolves to: `status` tells the body, or the codes that the problem can have. */
export type Answer<Name extends OperationName> =
  | {
      [Status in keyof Operations[Name]["answers"]]: {
        readonly ok: true;
        readonly status: Status;
        readonly body: Operations[Name]["answers"][Status];
      };
    }[keyof Operations[Name]["answers"]]
  | {
      [Status in keyof Operations[Name]["problems"]]: {
        readonly ok: false;
        readonly status: Status;
        readonly problem: Schemas["Problem"] & { readonly code: Operations[Name]["problems"][Status] };
      };
    }[keyof Operations[Name]["problems"]];

/** What any call may be given beside its input. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** One function a call. Each rejects with what `fetch` rejects with, or `not_the_api`. */
export type ApiClient = {
  readonly [Name in OperationName]: object extends Input<Name> // nothing in it is required
    ? (input?: Input<Name>, options?: CallOptions) => Promise<Answer<Name>>
    : (input: Input<Name>, options?: CallOptions) => Promise<Answer<Name>>;
};

/** Where the server is, and who asks. */
export interface ApiClientOptions {
  /** For example `https://face.example`. */
  readonly url: string;
  /** An API key; absent: only what is public, or a session that `fetch` brings. */
  readonly key?: string | undefined;
  /** Default: the runtime's own. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/**
 * A client of the HTTP API, typed by its OpenAPI document.
 * @throws {ContractError} `not_the_api`: `url` is no URL
 * @example
 * const client = createApiClient({ url: "https://face.example", key });
 * const answer = await client.authenticate({ body: { customerId: "anna", image } });
 * if (answer.ok) console.log(answer.body.outcome);
 * else if (answer.status === 422) console.log(answer.problem.code, answer.problem.hints);
 */
export function createApiClient(options: ApiClientOptions): ApiClient {
  if (!URL.canParse(options.url)) throw new ContractError("not_the_api", `"${options.url}" is no URL`);
  const names = Object.keys(OPERATIONS) as OperationName[];
  const calls = names.map((name) => [
    name,
    (input: Fields = {}, more: CallOptions = {}) => call(options, requestOf(OPERATIONS[name], input), more),
  ]);
  // One function for each row of the table; what it answers is what the document says of that row.
  return Object.fromEntries(calls) as ApiClient;
}

type Fields = Readonly<Record<string, unknown>>;

interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | FormData | undefined;
}

function requestOf(row: readonly [method: string, path: string, text?: string], input: Fields): ApiRequest {
  const [method, template, text] = row;
  const { body, idempotencyKey, ...fields } = input;
  const inPath = new Set([...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(fields[name])));
  const query = Object.entries(fields).filter(([name, value]) => !inPath.has(name) && value !== undefined);
  const search = new URLSearchParams(query.map(([name, value]): [string, string] => [name, String(value)])).toString();
  const form = body instanceof FormData; // fetch names the boundary itself
  return {
    method,
    path: search === "" ? path : `${path}?${search}`,
    headers: {
      ...(body === undefined || form ? {} : { "content-type": text ?? "application/json" }),
      ...(typeof idempotencyKey === "string" ? { "idempotency-key": idempotencyKey } : {}),
    },
    body: form || body === undefined || typeof body === "string" ? body : JSON.stringify(body),
  };
}

async function call({ url, key, fetch = globalThis.fetch }: ApiClientOptions, request: ApiRequest, more: CallOptions) {
  const response = await fetch(new URL(request.path, url).href, {
    method: request.method,
    headers: { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...request.headers },
    ...(request.body === undefined ? {} : { body: request.body }),
    ...more,
  });
  const { ok, status } = response;
  const text = await response.text();
  const isJson = /^application\/(problem\+)?json\b/.test(response.headers.get("content-type") ?? "");
  if (ok) return { ok, status, body: text === "" ? null : isJson ? readJson(text, status) : text };
  return { ok, status, problem: readJson(text, status) };
}

function readJson(text: string, status: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ContractError("not_the_api", `${status} with something that is not JSON`, { cause });
  }
}
