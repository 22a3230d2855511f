import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as it came in. */
export interface RecordedRequest {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A receiver on loopback that keeps every request, and answers 204 where nothing else is wanted. */
export interface RecordingReceiver {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** Resolves when `when` holds of what was received; checked at each request. */
  until(when: (requests: readonly RecordedRequest[]) => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Listens on a free port. @param answer `body`: JSON, absent where there is none */
export async function startRecordingReceiver(
  answer: { readonly status: number; readonly body?: string } = { status: 204 },
): Promise<RecordingReceiver> {
  const requests: RecordedRequest[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      requests.push({ id: headers["webhook-id"] ?? "", headers, body: Buffer.concat(chunks) });
      const type = answer.body === undefined ? {} : { "content-type": "application/json" };
      response.writeHead(answer.status, type).end(answer.body);
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
