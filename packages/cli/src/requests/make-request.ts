import { randomBytes } from "node:crypto";
import { HEADERS, newId, parseSigningKey, type SigningKey, sign, TEST_ID_PREFIX } from "@sameface/contract";
import { CliError } from "../cli-error.ts";

/** A request as it goes over the wire. */
export interface MadeRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What is signed, and how. */
export interface RequestParts {
  readonly id: string;
  readonly body: Uint8Array;
  /** Empty: the vendor's own sender, which signs nothing. */
  readonly keys: readonly SigningKey[];
  readonly timestampSeconds: number;
  /** For `sameface-outcome`, which no decision rests on. */
  readonly outcome: string;
  /** Beside ours, for example the vendor's static header. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as the server sends it; without keys, as the vendor does. */
export async function makeRequest(parts: RequestParts): Promise<MadeRequest> {
  const { id, body, keys, timestampSeconds, outcome, headers = {} } = parts;
  if (keys.length === 0) return { body, headers: { ...headers, "content-type": "application/json" } };
  return {
    body,
    headers: {
      ...headers,
      "content-type": "application/json",
      [HEADERS.id]: id,
      [HEADERS.timestamp]: String(timestampSeconds),
      [HEADERS.signature]: await sign({ id, timestampSeconds, body, keys }),
      [HEADERS.outcome]: outcome,
      [HEADERS.attempt]: "1",
    },
  };
}

/** A fresh id; `marked`: of a test, which handlers do not see. */
export function makeId(marked: boolean): string {
  return (marked ? TEST_ID_PREFIX : "") + newId({ bytes: randomBytes });
}

/** Seconds since 1970. */
export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** The keys of `--secret` or the environment. @throws {CliError} `usage` without one, and for one that is none */
export function readKeys(
  given: readonly string[] | undefined,
  env: Readonly<Record<string, string | undefined>>,
): readonly SigningKey[] {
  const texts = given ?? [env["SAMEFACE_WEBHOOK_SECRET"] ?? ""].filter((text) => text !== "");
  if (texts.length === 0) {
    throw new CliError("usage", "Name the receiver's secret with --secret or SAMEFACE_WEBHOOK_SECRET.");
  }
  return texts.map((text) => {
    try {
      return parseSigningKey(text);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : "unknown";
      throw new CliError("usage", `The secret can't be used: ${why}.`, { cause });
    }
  });
}

/** `name: value`, as curl takes it. @throws {CliError} `usage` */
export function readHeaders(lines: readonly string[] | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (lines ?? []).map((line) => {
      const colon = line.indexOf(":");
      const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
      if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) {
        throw new CliError("usage", `"${line}" is no header; write "name: value".`);
      }
      return [name, line.slice(colon + 1).trim()];
    }),
  );
}

/** An http or https address. @throws {CliError} `usage` */
export function readReceiverUrl(text: string): string {
  const url = /^https?:\/\//.test(text) ? text : `http://${text}`;
  if (URL.canParse(url)) return new URL(url).href;
  throw new CliError("usage", `"${text}" is no URL, such as http://127.0.0.1:3000/webhooks.`);
}

/** For an option that may be given again. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
