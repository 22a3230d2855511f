import { type HeadersLike, type Receives, type Reply, refuse } from "@sameface/receiver";

/** The part of an event of API Gateway (REST and HTTP API, payload 1.0 and 2.0), function URLs and ALB that is used. */
export interface LambdaEvent {
  /** 1.0 and ALB. */
  readonly httpMethod?: string;
  /** 2.0 and function URLs. */
  readonly requestContext?: { readonly http?: { readonly method: string } };
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
}

/** What API Gateway, function URLs and ALB write. */
export interface LambdaResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

/**
 * A handler of AWS Lambda. Keep `acknowledge: "handled"`: what runs after the answer is frozen.
 * @example
 * export const handler = lambdaHandler(receiver);
 */
export function lambdaHandler(receiver: Receives): (event: LambdaEvent) => Promise<LambdaResult> {
  return async (event) => {
    const { status, headers, body } = await answer(receiver, event);
    return { statusCode: status, headers, body, isBase64Encoded: false };
  };
}

async function answer(receiver: Receives, event: LambdaEvent): Promise<Reply> {
  if ((event.requestContext?.http?.method ?? event.httpMethod) !== "POST") return refuse("method_not_allowed");
  const headers: HeadersLike = event.multiValueHeaders ?? event.headers ?? {};
  return await receiver.receive({ body: bytesOf(event), headers });
}

/** Text is UTF-8: what was not can't be told from it any more, and its signature does not hold. */
function bytesOf({ body, isBase64Encoded }: { readonly body?: unknown; readonly isBase64Encoded?: boolean }): unknown {
  if (body === undefined || body === null) return new Uint8Array(0);
  if (typeof body !== "string") return body; // a local stand-in parsed it
  if (isBase64Encoded !== true) return new TextEncoder().encode(body);
  return Uint8Array.from(atob(body), (character) => character.charCodeAt(0));
}
