import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as it came in. */
export interface RecordedRequest {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A receiver on loopback that answers 204 and keeps every request. */
export interface RecordingReceiver {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** Resolves when `when` holds of what was received; checked at each request. */
  until(when: (requests: readonly RecordedRequest[]) => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Listens on a free port. */
export async function startRecordingReceiver(): Promise<RecordingReceiver> {
  const requests: RecordedRequest[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      requests.push({ id: headers["webhook-id"] ?? "", headers, body: Buffer.concat(chunks) });
      response.writeHead(204).end();
      for (const check of waiting) check();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    until: (when) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!when(requests)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}
