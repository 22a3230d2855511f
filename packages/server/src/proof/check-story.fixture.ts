import type { OutcomeKind } from "@sameface/contract";

/** What a client knows of one attempt: what it asked, and what it was answered, if it was. */
export interface Asked {
  readonly customerId: string;
  /** The attempt can be told by it, however often it was asked. */
  readonly key: string;
  /** `null`: the answer never came, or was none that decides. */
  readonly answer: { readonly authenticationId: string; readonly eventId: string; readonly outcome: string } | null;
}

/** One request as a receiver saw it. */
export interface Received {
  readonly endpointId: string;
  readonly eventId: string;
  /** Hash of the raw bytes. */
  readonly digest: string;
  readonly verified: boolean;
  /** Whether it was answered as taken. */
  readonly taken: boolean;
}

/** What stands in the store after everything was drained. */
export interface Rows {
  readonly events: readonly {
    readonly eventId: string;
    readonly outcome: OutcomeKind | null;
    /** `null`: erased. */
    readonly body: string | null;
    readonly isOperators: boolean;
  }[];
  readonly authentications: readonly {
    readonly authenticationId: string;
    readonly eventId: string;
    readonly outcome: OutcomeKind;
  }[];
  /** Attempts whose picture is kept. */
  readonly pictures: readonly string[];
  readonly deliveries: readonly {
    readonly eventId: string;
    readonly endpointId: string;
    readonly status: string;
    readonly reason: string | null;
  }[];
  /** Consecutive failures of customers, summed. */
  readonly countedFailures: number;
}

/** The whole of what happened. */
export interface Story {
  readonly asked: readonly Asked[];
  readonly received: readonly Received[];
  readonly rows: Rows;
  readonly endpointIds: readonly string[];
  /** Whose erasure was answered. */
  readonly erased: readonly string[];
  /** Ids of events that were final and past their days: the sweep has taken them, and what belongs to them. */
  readonly swept: ReadonlySet<string>;
  /** Acknowledged outcomes that count against a customer, none of them reset since. */
  readonly failures: number;
}

/** What was found; nothing but counts where all holds. */
export interface Verdict {
  readonly violations: readonly string[];
  readonly acknowledged: number;
  readonly unknown: number;
  readonly received: number;
  /** Requests that were taken after one of the same event and endpoint. */
  readonly duplicates: number;
}

const FINAL = new Set(["delivered", "dead", "held", "skipped"]);
const WITH_REASON = new Set(["dead", "held", "skipped"]);

/** After Jepsen's total-queue: lost = ∅, unexpected = ∅, and I1…I9 as far as rows and logs show them. */
export function checkStory(story: Story): Verdict {
  const violations = [
    ...checkAcknowledged(story),
    ...checkRows(story),
    ...checkReceived(story),
    ...checkBodies(story),
    ...checkErased(story),
    ...checkSwept(story),
    ...checkPictures(story),
  ];
  if (story.rows.countedFailures < story.failures) {
    violations.push(`I7: ${story.failures} failures were acknowledged, ${story.rows.countedFailures} are counted`);
  }
  const taken = story.received.filter((one) => one.taken);
  const ids = new Set(taken.map((one) => `${one.endpointId} ${one.eventId}`));
  return {
    violations,
    acknowledged: story.asked.filter((one) => one.answer !== null).length,
    unknown: story.asked.filter((one) => one.answer === null).length,
    received: story.received.length,
    duplicates: taken.length - ids.size,
  };
}

function* checkAcknowledged({ asked, rows, swept }: Story): Iterable<string> {
  const outcomes = groupBy(rows.authentications, (one) => one.eventId);
  const events = groupBy(rows.events, (one) => one.eventId);
  const byKey = new Map<string, string>();
  for (const { answer, key, customerId } of asked) {
    if (answer === null) continue;
    const { eventId } = answer;
    if ((byKey.get(key) ?? eventId) !== eventId) yield `F31: ${key} was answered with two events`;
    byKey.set(key, eventId);
    if (swept.has(eventId)) continue;
    const [event, ...more] = events.get(eventId) ?? [];
    if (event === undefined || more.length > 0)
      yield `I1: ${eventId} of ${customerId} was acknowledged and is no event`;
    // An erasure takes the outcome, and leaves the place of the event empty.
    if (event === undefined || event.body === null) continue;
    if (outcomes.get(eventId)?.length !== 1) yield `I1: ${eventId} was acknowledged without exactly one outcome`;
    if (outcomes.get(eventId)?.[0]?.outcome !== answer.outcome)
      yield `I1: ${eventId} has another outcome than was told`;
  }
}

function* checkRows({ rows, endpointIds }: Story): Iterable<string> {
  const outcomes = new Set(rows.authentications.map((one) => one.eventId));
  const events = new Set(rows.events.map((one) => one.eventId));
  const deliveries = groupBy(rows.deliveries, (one) => `${one.eventId} ${one.endpointId}`);
  for (const { eventId, isOperators, body } of rows.events) {
    if (isOperators) continue;
    if (body !== null && !outcomes.has(eventId)) yield `I2: event ${eventId} has no outcome`;
    for (const endpointId of endpointIds) {
      const own = deliveries.get(`${eventId} ${endpointId}`) ?? [];
      if (own.length !== 1) yield `I1: event ${eventId} has ${own.length} deliveries for ${endpointId}`;
    }
  }
  for (const { eventId } of rows.authentications)
    if (!events.has(eventId)) yield `I2: outcome without event ${eventId}`;
  for (const { eventId, status, reason } of rows.deliveries) {
    if (!FINAL.has(status)) yield `I1: a delivery of ${eventId} is still ${status} after the drain`;
    if (WITH_REASON.has(status) && reason === null) yield `I1: a delivery of ${eventId} is ${status} without a reason`;
  }
}

function* checkReceived({ rows, received, swept }: Story): Iterable<string> {
  const events = new Set(rows.events.map((one) => one.eventId));
  const digests = new Map<string, string>();
  const taken = new Set<string>();
  for (const { eventId, endpointId, digest, verified, taken: isTaken } of received) {
    if (!events.has(eventId) && !swept.has(eventId)) yield `unexpected: ${eventId} was received and never decided`;
    if ((digests.get(eventId) ?? digest) !== digest) yield `I3: ${eventId} came with two bodies`;
    digests.set(eventId, digest);
    if (!verified) yield `I4: ${eventId} came with a signature that does not verify`;
    if (isTaken) taken.add(`${eventId} ${endpointId}`);
  }
  for (const { eventId, endpointId, status } of rows.deliveries) {
    if (status === "delivered" && !taken.has(`${eventId} ${endpointId}`)) {
      yield `lost: ${eventId} stands as delivered to ${endpointId}, which never took it`;
    }
  }
}

const CODES: Readonly<Record<string, number>> = {
  "unknown-customer": 4004,
  blocklisted: 4003,
  spoof: 4005,
  "not-recognized": 4015,
};

/** I5 and I6: no score outside of a pass, and each failure with its own code. */
function* checkBodies({ rows }: Story): Iterable<string> {
  for (const { eventId, body, outcome, isOperators } of rows.events) {
    if (body === null || isOperators || outcome === null) continue;
    const read = JSON.parse(body) as { overallStatus?: string; overallScore?: number; errorCode?: number };
    const passed = outcome === "passed";
    if ((read.overallStatus === "PASS") !== passed) yield `I5: ${eventId} is ${outcome} and says ${read.overallStatus}`;
    if (!passed && (read.overallScore ?? 0) !== 0) yield `I5: ${eventId} is no pass and tells a score`;
    const code = CODES[outcome];
    if (code !== undefined && read.errorCode !== code) yield `I6: ${eventId} is ${outcome} with ${read.errorCode}`;
  }
}

const JSON_STRING = /"((?:[^"\\]|\\.)*)"/g;

/** I9 */
function* checkErased({ rows, erased }: Story): Iterable<string> {
  const gone = new Set(erased);
  for (const { eventId, body } of rows.events) {
    for (const [, text = ""] of body?.matchAll(JSON_STRING) ?? []) {
      if (gone.has(text)) yield `I9: ${eventId} names ${text}, who was erased`;
    }
  }
}

/** A sweep that was killed in the middle has happened after the next start, and as a whole. */
function* checkSwept({ rows, swept }: Story): Iterable<string> {
  for (const table of ["events", "authentications", "deliveries"] as const) {
    for (const { eventId } of rows[table]) if (swept.has(eventId)) yield `K12: ${eventId} is past its days in ${table}`;
  }
}

/** F35: no picture without its attempt, and none twice. */
function* checkPictures({ rows }: Story): Iterable<string> {
  const attempts = new Set(rows.authentications.map((one) => one.authenticationId));
  for (const id of rows.pictures) if (!attempts.delete(id)) yield `K3: a picture of ${id} is kept, and no such attempt`;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const own = groups.get(keyOf(item));
    if (own === undefined) groups.set(keyOf(item), [item]);
    else own.push(item);
  }
  return groups;
}

/** All of a story that tells of these events, as it is judged before a sweep takes them. */
export function partOf({ asked, received, rows, ...others }: Story, eventIds: ReadonlySet<string>): Story {
  const isOne = ({ eventId }: { readonly eventId: string }): boolean => eventIds.has(eventId);
  const authentications = rows.authentications.filter(isOne);
  const attempts = new Set(authentications.map((one) => one.authenticationId));
  return {
    ...others,
    asked: asked.filter(({ answer }) => answer !== null && isOne(answer)),
    received: received.filter(isOne),
    rows: {
      ...rows,
      events: rows.events.filter(isOne),
      authentications,
      deliveries: rows.deliveries.filter(isOne),
      pictures: rows.pictures.filter((id) => attempts.has(id)),
    },
  };
}
