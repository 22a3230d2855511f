import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseSigningKey, sign } from "@sameface/contract";

export const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
export const OTHER_SECRET = "whsec_homQyJzot+MpLw685i2vQy+pNnNbOYnWqiXY8uxpdxE=";
export const ID = "0be5f261d076492d9d3b74f6";
export const NOW_SECONDS = 1_790_000_000;

const payloads = new URL("../../contract/payloads/", import.meta.url);

/** Names of the golden bodies. */
export const GOLDEN_NAMES: readonly string[] = readdirSync(payloads)
  .filter((file) => file.endsWith(".json"))
  .map((file) => basename(file, ".json"));

/** A golden body as it stands in its file. */
export function golden(name: string): Uint8Array {
  return Uint8Array.from(readFileSync(new URL(`${name}.json`, payloads)));
}

/** Text as it goes over the wire. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** A request as a sender with that key makes it. */
export interface Signed {
  readonly body: Uint8Array;
  readonly headers: Record<string, string>;
}

/** What differs from one `passed` signed at {@link NOW_SECONDS}. */
export interface SignedOptions {
  readonly body?: Uint8Array;
  readonly id?: string;
  readonly atSeconds?: number;
  /** `whsec_…` or `whsk_…`. */
  readonly keys?: readonly string[];
}

/** Signs a body. */
export async function signed(options: SignedOptions = {}): Promise<Signed> {
  const { body = golden("passed"), id = ID, atSeconds = NOW_SECONDS, keys = [SECRET] } = options;
  const signature = await sign({ id, timestampSeconds: atSeconds, body, keys: keys.map(parseSigningKey) });
  return {
    body,
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(atSeconds),
      "webhook-signature": signature,
    },
  };
}

/** A clock that moves when told. */
export interface TestClock {
  ms: number;
  readonly nowMs: () => number;
}

/** Stands at {@link NOW_SECONDS}. */
export function testClock(): TestClock {
  const clock: TestClock = { ms: NOW_SECONDS * 1000, nowMs: () => clock.ms };
  return clock;
}
