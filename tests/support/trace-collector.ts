import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** One span as it came, its attributes by name. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: it began its trace. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly roles: unknown;
  readonly failed: boolean;
}

/** What an OpenTelemetry collector is over HTTP, on loopback: it takes OTLP as JSON and keeps it. */
export interface TraceCollector {
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  /** Every request, its headers and body as text. */
  readonly requests: readonly { readonly headers: Readonly<Record<string, unknown>>; readonly body: string }[];
  /** Resolves when `when` holds of what came. */
  until(when: (spans: readonly CollectedSpan[]) => boolean): Promise<void>;
  close(): Promise<void>;
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}

interface OtlpTraces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly name: string;
        readonly attributes: readonly OtlpAttribute[];
        readonly status: { readonly code: number };
      }[];
    }[];
  }[];
}

const FAILED = 2;

/** @param answer what each batch is answered; 200 where absent */
export async function startTraceCollector(answer = 200): Promise<TraceCollector> {
  const spans: CollectedSpan[] = [];
  const requests: { headers: Readonly<Record<string, unknown>>; body: string }[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      requests.push({ headers: request.headers, body });
      if (answer === 200) spans.push(...spansOf(JSON.parse(body) as OtlpTraces));
      response.writeHead(answer, { "content-type": "application/json" }).end("{}");
      for (const check of waiting) check();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    spans,
    requests,
    until: (when) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!when(spans)) return;
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

function spansOf({ resourceSpans }: OtlpTraces): readonly CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const { "sameface.roles": roles } = namesOf(resource.attributes);
    return scopeSpans.flatMap((scope) =>
      scope.spans.map((span) => ({
        ...span,
        parentSpanId: span.parentSpanId ?? "",
        attributes: namesOf(span.attributes),
        roles,
        failed: span.status.code === FAILED,
      })),
    );
  });
}

function namesOf(attributes: readonly OtlpAttribute[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]));
}
