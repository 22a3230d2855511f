import { collectBody } from "./collect-body.ts";

/** The part of Node's readable streams that is used. */
export interface ByteStream {
  readonly readableDidRead: boolean;
  readonly readableEnded: boolean;
  readonly destroyed: boolean;
  on(event: "data" | "end" | "error" | "close", listener: (chunk: Uint8Array) => void): unknown;
}

/**
 * Reads a stream of Node's to its end, for an adapter whose framework hands on Node's request. Never hangs.
 * @returns `null` when something read it before; a refusal when it breaks off
 */
export function readStream(stream: ByteStream): Promise<Uint8Array | "incomplete_body" | null> {
  if (stream.readableDidRead || stream.readableEnded || stream.destroyed) return Promise.resolve(null);
  const body = collectBody();
  return new Promise((resolve) => {
    const brokeOff = (): void => {
      resolve("incomplete_body");
    };
    stream.on("data", (chunk) => {
      if (!body.add(chunk)) resolve(body.bytes()); // too large: the rest is let go
    });
    stream.on("end", () => {
      resolve(body.bytes());
    });
    stream.on("error", brokeOff);
    stream.on("close", brokeOff);
  });
}
