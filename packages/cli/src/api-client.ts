import { createApiClient as createTypedClient, type ApiClient as TypedClient } from "@sameface/contract/client";
import { CliError } from "./cli-error.ts";
import type { Terminal } from "./terminal.ts";

/** One call of the HTTP API. */
export interface ApiCall {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Sent as JSON; absent: no body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Gives the call up; default: when the user asks to stop. */
  readonly signal?: AbortSignal;
}

/** What the server answered: its status, and its JSON (`null` where there was none). */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Speaks to one server with one key. */
export interface ApiClient {
  readonly url: string;
  /** Every call of the API by its name, typed by the OpenAPI document. A call @throws {CliError} `unreachable` */
  readonly api: TypedClient;
  /** Any answer is a value. @throws {CliError} `unreachable` */
  call(path: string, call?: ApiCall): Promise<ApiAnswer>;
  /** An answer of 2xx as a record. @throws {CliError} `refused` with the problem's code and detail, `unreachable` */
  expect(path: string, call?: ApiCall): Promise<Record<string, unknown>>;
}

/** Where the server is, and who asks. */
export interface ApiClientOptions {
  readonly url: string;
  readonly key: string | undefined;
}

/** A client over the terminal's `fetch`. */
export function createApiClient(terminal: Terminal, options: ApiClientOptions): ApiClient {
  const call = async (path: string, request: ApiCall = {}): Promise<ApiAnswer> => {
    const response = await send(terminal, new URL(path, options.url).href, {
      signal: request.signal ?? terminal.stop,
      method: request.method ?? "GET",
      headers: {
        ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
        ...(request.body === undefined ? {} : { "content-type": "application/json" }),
        ...request.headers,
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? null : readJson(text, response.status) };
  };
  return {
    url: options.url,
    api: createTypedClient({
      ...options,
      fetch: (url, init) => send(terminal, url, { signal: terminal.stop, ...init }),
    }),
    call,
    async expect(path, request) {
      const answer = await call(path, request);
      if (answer.status >= 200 && answer.status < 300) return isRecord(answer.body) ? answer.body : {};
      throw new CliError("refused", describeProblem(answer));
    },
  };
}

/** What a typed call answers, whichever it is. */
type TypedAnswer =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly status: number; readonly problem: unknown };

/** The body of an answer that is not a problem. @throws {CliError} `refused` with the problem's code and detail */
export function accepted<A extends TypedAnswer>(answer: A): Extract<A, { readonly ok: true }>["body"] {
  if (answer.ok) return answer.body;
  throw new CliError("refused", describeProblem({ status: answer.status, body: answer.problem }));
}

/** `409 busy: The delivery is in flight.` */
export function describeProblem(answer: ApiAnswer): string {
  if (!isRecord(answer.body)) return `The server answered ${answer.status}.`;
  const code = textOf(answer.body["code"]) ?? "";
  const detail = textOf(answer.body["detail"]) ?? textOf(answer.body["title"]) ?? "";
  return `${answer.status} ${code}: ${detail}`;
}

/** A JSON object, as opposed to an array, a scalar or null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text, or `undefined` for anything else. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Reads the answer to its end, so that a line that breaks midway is told like one that never was. */
async function send(terminal: Terminal, url: string, init: RequestInit): Promise<Response> {
  try {
    const response = await terminal.fetch(url, init);
    const text = await response.text();
    return new Response(text === "" ? null : text, { status: response.status, headers: response.headers });
  } catch (cause) {
    throw new CliError(
      "unreachable",
      `No server answers at ${url}. Start one with "npm start", or name it with --url or SAMEFACE_URL.`,
      { cause },
    );
  }
}

function readJson(text: string, status: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CliError("refused", `The server answered ${status} with something that is not JSON.`, { cause });
  }
}
