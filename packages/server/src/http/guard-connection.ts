import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../clock.ts";
import { HTTP_LIMITS } from "./http-limits.ts";
import { PROBLEMS, type ProblemCode, problemBody } from "./problems.ts";
import { type ProblemAnswer, problem } from "./route.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";

/**
 * What the parser lets through and we don't: such requests are read differently by different servers, or are no calls
 * of an API at all (reliability.md B16, B18, B19). Their connection is closed.
 */
export function refuseRequest(request: IncomingMessage): ProblemAnswer | null {
  const url = request.url ?? "";
  if (url.length > HTTP_LIMITS.urlBytes) return problem("uriTooLong", `A URL may have ${HTTP_LIMITS.urlBytes} bytes.`);
  if (!url.startsWith("/")) return problem("malformedRequest", "The request must name a path, not a whole URL.");
  const names = request.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  if (names.length > HTTP_LIMITS.headers) {
    return problem("headersTooLarge", `A request may have ${HTTP_LIMITS.headers} headers.`);
  }
  for (const name of ["host", "authorization", "content-type", "content-length", "transfer-encoding"]) {
    if (names.filter((one) => one === name).length > 1) {
      return problem("malformedRequest", `The header ${name} came twice.`);
    }
  }
  // Asked here and not by Node's parser, whose own answer is no problem+json.
  if (request.httpVersion === "1.1" && !names.includes("host")) {
    return problem("malformedRequest", "The header host is missing.");
  }
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    return problem("unsupportedMediaType", "Compressed bodies are not taken.");
  }
  return null;
}

/** What an answer takes that does not go through the framework. */
export interface RawTools {
  readonly clock: Pick<Clock, "after">;
  readonly makeRequestId: () => string;
}

/** Answers what Node's parser refuses, and what it hands over by other ways than a request. */
export function guardServer(server: Server, tools: RawTools): void {
  server.maxConnections = HTTP_LIMITS.connections;
  server.on("connect", (_request: IncomingMessage, socket: Socket) => {
    answerRaw(socket, "methodNotAllowed", tools);
  });
}

/** What Node tells of a piece of input that is no request. */
interface ClientError {
  readonly code?: string | undefined;
  readonly rawPacket?: unknown;
}

/** The answer to what is no request; `rawPacket` is the piece that the parser stopped at. */
export function answerClientError(error: ClientError, socket: Socket, tools: RawTools): void {
  // The peer went away: there is nobody to answer.
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  answerRaw(socket, codeOf(error), tools);
}

function codeOf({ code, rawPacket }: ClientError): ProblemCode {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return "requestTimeout";
    case "HPE_HEADER_OVERFLOW":
      return beginsWithLongUrl(rawPacket) ? "uriTooLong" : "headersTooLarge";
    case "HPE_INVALID_METHOD":
      return "methodNotAllowed";
    default:
      return "malformedRequest";
  }
}

function beginsWithLongUrl(packet: unknown): boolean {
  return Buffer.isBuffer(packet) && /^[A-Z]+ [^\r\n]{8192}/.test(packet.toString("latin1"));
}

function answerRaw(socket: Socket, code: ProblemCode, { clock, makeRequestId }: RawTools): void {
  const { status, title } = PROBLEMS[code];
  const body = JSON.stringify(problemBody(code, { detail: `${title}.`, requestId: makeRequestId() }));
  socket.end(
    [
      `HTTP/1.1 ${status} ${title}`,
      "connection: close",
      ...Object.entries(SECURITY_HEADERS).map(([name, value]) => `${name}: ${value}`),
      "content-type: application/problem+json",
      `content-length: ${Buffer.byteLength(body)}`,
      "",
      body,
    ].join("\r\n"),
  );
  // Whoever neither reads the answer nor closes would hold the socket for as long as it likes.
  socket.once(
    "close",
    clock.after(HTTP_LIMITS.lingerMs, () => socket.destroy()),
  );
}
