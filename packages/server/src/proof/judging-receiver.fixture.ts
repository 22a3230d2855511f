import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createVerifier, parseVerifyKey, type Verifier } from "@sameface/contract";
import type { Received } from "./check-story.fixture.ts";

/** A receiver that verifies and keeps the hash of every request; some paths fail now and then. */
export interface JudgingReceiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** What comes to this path is the endpoint's, signed with its keys. */
  expect(path: string, endpoint: { readonly endpointId: string; readonly keys: readonly string[] }): void;
  close(): Promise<void>;
}

/** @param fails whether the n-th request of a path is answered 500 */
export async function startJudgingReceiver(fails: (path: string, n: number) => boolean): Promise<JudgingReceiver> {
  const received: Received[] = [];
  const endpoints = new Map<string, { readonly endpointId: string; readonly verify: Verifier; count: number }>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const endpoint = endpoints.get(request.url ?? "");
      if (endpoint === undefined) {
        response.writeHead(404).end();
        return;
      }
      endpoint.count += 1;
      const body = Buffer.concat(chunks);
      const taken = !fails(request.url ?? "", endpoint.count);
      const nowSeconds = Date.now() / 1_000;
      void endpoint.verify({ body, headers: request.headers, nowSeconds }).then((result) => {
        received.push({
          endpointId: endpoint.endpointId,
          eventId: String(request.headers["webhook-id"]),
          digest: createHash("sha256").update(body).digest("hex"),
          verified: result.ok,
          taken,
        });
        response.writeHead(taken ? 204 : 500).end();
      });
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    expect: (path, { endpointId, keys }) => {
      endpoints.set(path, { endpointId, verify: createVerifier({ keys: keys.map(parseVerifyKey) }), count: 0 });
    },
    close: async () => {
      await new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      });
    },
  };
}
