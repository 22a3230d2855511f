import * as api from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { SPAN_FACTS, type Span, type SpanBegin, type SpanFacts, type SpanName, type Tracer } from "./tracer.ts";

/** What a tracer tells a collector. */
export interface OtlpTracerOptions {
  /** Where it takes traces over HTTP: `http://127.0.0.1:4318/v1/traces`. */
  readonly url: string;
  /** Of the traces that begin here, so many are recorded; those that come with a caller follow the caller. */
  readonly percent: number;
  readonly version: string;
  readonly roles: readonly string[];
  /** A batch that the collector did not take; must not throw. */
  readonly report: (fault: unknown) => void;
}

/** A stop waits for the collector no longer than this. */
const LAST_EXPORT_MS = 2_000;

/**
 * Tells an OpenTelemetry collector over HTTP, in batches in the background; what it does not take is dropped, and nothing
 * waits for it. This module is loaded where traces are wanted alone: it brings the OpenTelemetry packages.
 */
export function createOtlpTracer(options: OtlpTracerOptions): Tracer {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      "service.name": "sameface",
      "service.version": options.version,
      "sameface.roles": options.roles.join(","),
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(options.percent / 100) }),
    spanProcessors: [new BatchSpanProcessor({ exporter: exporterOf(options), scheduledDelayMillis: 1_000 })],
  });
  const tracer = provider.getTracer("sameface", options.version);
  return {
    begin: (name, { kind, parent, facts }) => {
      const context = contextOf(parent);
      return spanOver(tracer, { name, kind: KINDS[kind], context, facts: facts ?? {} });
    },
    close: async () => {
      await provider.forceFlush({ timeoutMillis: LAST_EXPORT_MS }).catch(() => undefined);
      // Its own wait for a collector that is gone is longer than a stop may be.
      void provider.shutdown().catch(() => undefined);
    },
  };
}

const KINDS = {
  server: api.SpanKind.SERVER,
  consumer: api.SpanKind.CONSUMER,
  internal: api.SpanKind.INTERNAL,
} as const satisfies Record<SpanBegin["kind"], api.SpanKind>;

function exporterOf({ url, report }: OtlpTracerOptions): SpanExporter {
  const exporter = new OTLPTraceExporter({ url });
  return {
    export: (spans, done) => {
      exporter.export(spans, (result) => {
        if (result.error !== undefined) report(result.error);
        done(result);
      });
    },
    shutdown: async () => {
      await exporter.shutdown();
    },
    forceFlush: async () => {
      await exporter.forceFlush();
    },
  };
}

interface Begun {
  readonly name: SpanName;
  readonly kind: api.SpanKind;
  readonly context: api.Context;
  readonly facts: SpanFacts;
}

function spanOver(tracer: api.Tracer, { name, kind, context, facts }: Begun): Span {
  const span = tracer.startSpan(name, { kind, attributes: attributesOf(facts) }, context);
  const own = api.trace.setSpan(context, span);
  return {
    traceparent: span.isRecording() ? traceparentOf(span.spanContext()) : null,
    child: (childName, childFacts = {}) =>
      spanOver(tracer, { name: childName, kind: api.SpanKind.INTERNAL, context: own, facts: childFacts }),
    tell: (more) => {
      span.setAttributes(attributesOf(more));
    },
    end: (more = {}) => {
      span.setAttributes(attributesOf(more));
      if (more.fault !== undefined) span.setStatus({ code: api.SpanStatusCode.ERROR });
      span.end();
    },
  };
}

function attributesOf(facts: SpanFacts): api.Attributes {
  const told: api.Attributes = {};
  for (const fact of Object.keys(SPAN_FACTS) as (keyof typeof SPAN_FACTS)[]) {
    const value = facts[fact];
    if (value !== undefined && value !== null) told[SPAN_FACTS[fact]] = value;
  }
  return told;
}

/** https://www.w3.org/TR/trace-context/, version 00. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

function contextOf(parent: string | null): api.Context {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(parent ?? "") ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return api.ROOT_CONTEXT;
  const traceFlags = Number.parseInt(flags, 16) & api.TraceFlags.SAMPLED;
  return api.trace.setSpanContext(api.ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

function traceparentOf({ traceId, spanId, traceFlags }: api.SpanContext): string {
  return `00-${traceId}-${spanId}-0${traceFlags & api.TraceFlags.SAMPLED}`;
}
