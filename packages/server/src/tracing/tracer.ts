/** The work that a span stands for. */
export type SpanName =
  | "request"
  | "capture"
  | "inspect picture"
  | "store decision"
  | "deliver"
  | "post"
  | "store attempt";

/**
 * All that a span can tell, by the names under which collectors get it. As the log: ids, words and numbers of our own,
 * never a customer, a picture, a score, an address, a header, a body or the message of a fault (S34).
 */
export const SPAN_FACTS = {
  requestId: "sameface.request.id",
  method: "http.request.method",
  route: "http.route",
  status: "http.response.status_code",
  tenantId: "sameface.tenant.id",
  outcome: "sameface.outcome",
  reason: "sameface.reason",
  authenticationId: "sameface.authentication.id",
  eventId: "sameface.event.id",
  deliveryId: "sameface.delivery.id",
  endpointId: "sameface.endpoint.id",
  attempt: "sameface.delivery.attempt",
  next: "sameface.delivery.next",
  fault: "error.type",
} as const;

/** Facts of a span; whatever else an object holds is left out. */
export type SpanFacts = { readonly [Fact in keyof typeof SPAN_FACTS]?: string | number | null };

/** One piece of work in a trace. */
export interface Span {
  /** How W3C writes its place in the trace, to be kept with what it leads to; `null`: the trace is not recorded. */
  readonly traceparent: string | null;
  child(name: SpanName, facts?: SpanFacts): Span;
  tell(facts: SpanFacts): void;
  /** Ends it, once; with `fault`, as failed. */
  end(facts?: SpanFacts): void;
}

/** How the first span of a process in a trace begins. */
export interface SpanBegin {
  readonly kind: "server" | "consumer" | "internal";
  /** The place of what led to it, maybe in another process; `null`, or not as W3C writes it: it begins a trace. */
  readonly parent: string | null;
  readonly facts?: SpanFacts;
}

/** Begins spans, and hands ended ones to a collector. */
export interface Tracer {
  begin(name: SpanName, begin: SpanBegin): Span;
  /** Hands over what has ended; resolves soon, whether a collector takes it or not. */
  close(): Promise<void>;
}

/** Nothing is traced, at no cost. */
export const NO_SPAN: Span = {
  traceparent: null,
  child: () => NO_SPAN,
  tell: () => undefined,
  end: () => undefined,
};

/** @see NO_SPAN */
export const NO_TRACER: Tracer = {
  begin: () => NO_SPAN,
  close: async () => {
    await Promise.resolve();
  },
};

/** Work as a child of `span`, failed if it throws; a fault is told by its kind alone. */
export async function within<T>(span: Span, name: SpanName, work: () => Promise<T>): Promise<T> {
  const child = span.child(name);
  try {
    const result = await work();
    child.end();
    return result;
  } catch (fault) {
    child.end({ fault: fault instanceof Error ? fault.name : typeof fault });
    throw fault;
  }
}
