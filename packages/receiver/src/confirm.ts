import { ReceiverError } from "./receiver-error.ts";

const DEADLINE_MS = 10_000;

/** Where to ask. */
export interface ConfirmOptions {
  /** Of the sameface server, such as `https://faces.example`. */
  readonly url: string;
  /** An API key with the scope `authenticate`. */
  readonly key: string;
  /** Default the runtime's own. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Ends the call; default after 10 s. */
  readonly signal?: AbortSignal;
}

/**
 * Asks the server whether a transaction is a passed authentication of the last 24 hours: `POST
 * /v1/authentications/verify`. For what costs much: a body alone can be forged by whoever holds the secret.
 * @returns `true` only if the server said so
 * @throws {ReceiverError} `confirmFailed`: it could not be asked, which is no answer
 */
export async function confirm(transactionId: string, options: ConfirmOptions): Promise<boolean> {
  const { url, key, fetch: call = fetch } = options;
  const deadline = AbortSignal.timeout.bind(AbortSignal);
  try {
    const response = await call(new URL("/v1/authentications/verify", url).href, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ transactionId }),
      redirect: "error", // a redirect would carry the key elsewhere
      signal: options.signal ?? deadline(DEADLINE_MS),
    });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const answer = (await response.json()) as { readonly verified?: unknown } | null;
    return answer?.verified === true;
  } catch (cause) {
    throw new ReceiverError("confirmFailed", "the server could not be asked whether it sent that", { cause });
  }
}
