import { startRecordingReceiver } from "./recording-receiver.ts";

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

/** @param status what each batch is answered; 200 where absent: others are not taken */
export async function startTraceCollector(status = 200): Promise<TraceCollector> {
  const receiver = await startRecordingReceiver({ status, body: "{}" });
  const spans = (): readonly CollectedSpan[] =>
    status === 200 ? receiver.requests.flatMap(({ body }) => spansOf(JSON.parse(body.toString()) as OtlpTraces)) : [];
  return {
    url: `${receiver.url}v1/traces`,
    get spans() {
      return spans();
    },
    get requests() {
      return receiver.requests.map(({ headers, body }) => ({ headers, body: body.toString() }));
    },
    until: async (when) => {
      await receiver.until(() => when(spans()));
    },
    close: async () => {
      await receiver.close();
    },
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
