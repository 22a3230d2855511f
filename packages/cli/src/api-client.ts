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
    const { status, text } = await send(terminal, new URL(path, options.url).href, {
      signal: request.signal ?? terminal.stop,
      method: request.method ?? "GET",
      headers: {
        ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
        ...(request.body === undefined ? {} : { "content-type": "application/json" }),
        ...request.headers,
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    return { status, body: text === "" ? null : readJson(text, status) };
  };
  return {
    url: options.url,
    call,
    async expect(path, request) {
      const answer = await call(path, request);
      if (answer.status >= 200 && answer.status < 300) return isRecord(answer.body) ? answer.body : {};
      throw new CliError("refused", describeProblem(answer));
    },
  };
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

async function send(
  terminal: Terminal,
  url: string,
  init: RequestInit,
): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const response = await terminal.fetch(url, init);
    return { status: response.status, text: await response.text() };
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
