/** A request as the server signed it, to be posted as it is. */
export interface SignedRequest {
  readonly eventId: string;
  readonly outcome: string;
  readonly headers: Readonly<Record<string, string>>;
  /** base64 */
  readonly body: string;
}

/** What became of a request to the local receiver. */
export type Forwarded =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly contentType: string | null;
      readonly body: Uint8Array;
    }
  | { readonly kind: "failed"; readonly failure: "timeout" | "connectionLost" | "unexpected" }
  /** Nothing listens there: the request reached nobody. */
  | { readonly kind: "noReceiver" };

/** Where to, and how. */
export interface ForwardOptions {
  readonly url: string;
  readonly fetch: typeof fetch;
}

/** As long as the server's own sender waits for a receiver (reliability.md T1). */
const EXCHANGE_MS = 15_000;
/** As much of an answer as the attempt log keeps. */
const REPLY_BYTES = 16_384;

/** Posts one signed request to the local receiver. */
export async function forward(request: SignedRequest, { url, fetch: post }: ForwardOptions): Promise<Forwarded> {
  const signal = AbortSignal.timeout(EXCHANGE_MS);
  const body = Buffer.from(request.body, "base64");
  try {
    const response = await post(url, { method: "POST", headers: request.headers, body, redirect: "manual", signal });
    const contentType = response.headers.get("content-type");
    return { kind: "answered", status: response.status, contentType, body: await readSome(response) };
  } catch (error) {
    if (signal.aborted) return { kind: "failed", failure: "timeout" };
    const code = codeOf(error);
    if (NOBODY_THERE.includes(code)) return { kind: "noReceiver" };
    return { kind: "failed", failure: BROKEN.includes(code) ? "connectionLost" : "unexpected" };
  }
}

const NOBODY_THERE = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"];
const BROKEN = ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"];

/** `fetch` wraps the system's error; of several addresses the first one's stands for all. */
function codeOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}

/** The beginning of an answer; the rest is left. */
async function readSome(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // The types of the web and of Node tell of different iterators of the same stream.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= REPLY_BYTES) break; // which cancels the rest
  }
  return Buffer.concat(chunks).subarray(0, REPLY_BYTES);
}
