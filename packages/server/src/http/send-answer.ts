import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { PROBLEMS, problemBody } from "./problems.ts";
import type { Answer, ProblemAnswer } from "./route.ts";

const PROBLEM_TYPE = "application/problem+json";

/** Writes what a handler answered. */
export function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  if ("problem" in answer) return sendProblem(reply, answer);
  reply.status(answer.status);
  if ("headers" in answer) reply.headers({ ...answer.headers });
  if ("json" in answer)
    return sendBytes(reply, { bytes: Buffer.from(JSON.stringify(answer.json)), type: "application/json" });
  if ("bytes" in answer) {
    const type = answer.status < 400 ? "application/json" : PROBLEM_TYPE;
    return sendBytes(reply, { bytes: answer.bytes, type });
  }
  if ("lines" in answer) {
    return reply.header("content-type", "application/x-ndjson").send(Readable.from(asLines(answer.lines)));
  }
  if ("events" in answer) {
    // Such a connection is never idle while a stopping server looks for those that are: it ends with its stream.
    reply.headers({ "content-type": "text/event-stream", connection: "close" });
    return reply.send(Readable.from(answer.events));
  }
  if ("page" in answer) return sendBytes(reply, { bytes: answer.page, type: answer.contentType });
  return reply.send();
}

/** Writes a problem (RFC 9457). */
export function sendProblem(reply: FastifyReply, answer: ProblemAnswer): FastifyReply {
  const { problem: code, retryAfterSeconds, ...details } = answer;
  if (retryAfterSeconds !== undefined) reply.header("retry-after", retryAfterSeconds);
  if (code === "unauthorized") reply.header("www-authenticate", 'Bearer realm="sameface"');
  const body = problemBody(code, { ...details, requestId: reply.request.id });
  reply.status(PROBLEMS[code].status);
  return sendBytes(reply, { bytes: Buffer.from(JSON.stringify(body)), type: PROBLEM_TYPE });
}

function sendBytes(
  reply: FastifyReply,
  { bytes, type }: { readonly bytes: Uint8Array; readonly type: string },
): FastifyReply {
  return reply.header("content-type", type).send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

async function* asLines(values: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}
