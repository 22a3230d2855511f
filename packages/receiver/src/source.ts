import {
  createVerifier,
  type HeadersLike,
  headerValues,
  parseVerifyKey,
  type VerifyPrimitives,
  type VerifyRefusal,
} from "@sameface/contract";
import { badOption } from "./check-option.ts";
import { MAX_BODY_BYTES } from "./collect-body.ts";

const DEFAULT_TOLERANCE_SECONDS = 300;

/** Whether the headers of a request show that it is the sender's: a value, never an exception for what they hold. */
export type HeaderAuth = (headers: HeadersLike) => boolean | Promise<boolean>;

/** Who sends, and how it shows that it is who it is. */
export interface SourceOptions extends VerifyPrimitives {
  /**
   * `sameface` (default): signed by Standard Webhooks. `incode`: the vendor's own sender, which signs nothing and is told
   * by `auth`; it gets 200 for bodies that can't be read, so that its five retries are not wasted.
   */
  readonly source?: "sameface" | "incode";
  /** `whsec_…`, or 24 to 64 raw bytes; several during a rotation. */
  readonly secrets?: readonly (string | Uint8Array)[];
  /** `whpk_…`; with one of these no secret is needed. */
  readonly publicKeys?: readonly string[];
  /** How far the sender's clock may be off, both ways: 60…600, default 300. */
  readonly toleranceSeconds?: number;
  /** With source `incode`: `staticHeader(…)`, or the `auth` of `bearerTokens(…)`. */
  readonly auth?: HeaderAuth;
}

/** Whether a request is the sender's. @internal */
export type Authenticated =
  | { readonly ok: true; readonly id: string | null; readonly timestampSeconds: number }
  | { readonly ok: false; readonly reason: VerifyRefusal | "too_large" | "unauthorized" };

/** @internal */
export interface UnprovenRequest {
  readonly body: Uint8Array;
  readonly headers: HeadersLike;
  readonly nowSeconds: number;
}

/** What a receiver asks first. @throws {ReceiverError} `badOption` @throws {ContractError} a key that can't be one @internal */
export function createAuthenticate(options: SourceOptions): (request: UnprovenRequest) => Promise<Authenticated> {
  const { auth, source = "sameface", secrets = [], publicKeys = [] } = options;
  if (source === "incode") {
    if (auth === undefined) throw badOption('source "incode" signs nothing: it needs auth');
    return async ({ headers, nowSeconds }) => {
      if (!(await auth(headers))) return { ok: false, reason: "unauthorized" };
      const [id = "", ...more] = headerValues(headers)("webhook-id");
      if (more.length > 0) return { ok: false, reason: "duplicate_header" };
      return { ok: true, id: id === "" ? null : id, timestampSeconds: Math.floor(nowSeconds) };
    };
  }
  if (auth !== undefined) throw badOption('auth is for source "incode"; signatures prove more');
  const verify = createVerifier({
    ...options,
    keys: [...secrets, ...publicKeys].map(parseVerifyKey),
    toleranceSeconds: checkTolerance(options.toleranceSeconds),
  });
  return async (request) =>
    // A signature over more than the limit could only be checked by reading all of it.
    request.body.length > MAX_BODY_BYTES ? { ok: false, reason: "too_large" } : await verify(request);
}

function checkTolerance(toleranceSeconds: number = DEFAULT_TOLERANCE_SECONDS): number {
  if (toleranceSeconds >= 60 && toleranceSeconds <= 600) return toleranceSeconds;
  throw badOption(`toleranceSeconds is ${toleranceSeconds}; allowed: 60…600`);
}
