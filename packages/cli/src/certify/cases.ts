import { SAMPLES, type SampleName, sample } from "@sameface/contract";
import { ODD_REQUESTS, type OddName } from "../requests/odd-requests.ts";
import type { Answer, CertifyProfile, Probe } from "./probe.ts";

/** One thing that a receiver must do. */
export interface Case {
  readonly name: string;
  /** What is sent, and what must come of it. */
  readonly about: string;
  /** What to do where it fails. */
  readonly mend: string;
  /** Absent: for both. */
  readonly only?: CertifyProfile;
  /** `null`: as it must be; else what the receiver did instead. */
  readonly judge: (probe: Probe) => Promise<string | null>;
}

const DOCUMENTED = (Object.keys(SAMPLES) as SampleName[]).filter((name) => name !== "unknown-code");
const PASSED = sample("passed").body;
const COPIES = 10;
const STALLED = 5;
/** Far more than reading a hundred kilobytes takes. */
const QUICK_MS = 3_000;

/** Every case, in the order of the report. */
export const CASES: readonly Case[] = [
  {
    name: "samples",
    about: "every documented outcome is acknowledged",
    mend: "Answer 2xx to every outcome, failures too: they are news, not errors.",
    judge: async (probe) => await firstFault(DOCUMENTED, async (name) => await mustTake(probe, sample(name).body)),
  },
  {
    name: "unknown-code",
    about: "an errorCode that no list names is acknowledged",
    mend: "Treat every unknown errorCode as a failed authentication: codes come without notice.",
    judge: async (probe) => await mustTake(probe, sample("unknown-code").body),
  },
  taken("extra-keys", "Ignore keys that you do not know: the format grows."),
  taken("other-bytes", "Verify the raw bytes; never JSON.stringify what a framework parsed."),
  taken("non-ascii", "Count bytes, not characters; verify the raw bytes."),
  signed(taken("two-signatures", "Try every signature of the header: while a secret is rotated there are two.")),
  signed(refused("bad-signature", "Verify webhook-signature before anything else; answer 401.")),
  signed(refused("changed-body", "Verify the signature over the body as it came.")),
  signed(refused("changed-id", "Sign and verify id, time and body together: id.timestamp.body.")),
  signed(refused("changed-time", "Take the time that is checked from what was signed.")),
  signed(refused("stale", "Refuse a webhook-timestamp that is more than 300 s old.")),
  signed(refused("future", "Refuse a webhook-timestamp that is more than 300 s ahead, too.")),
  signed(refused("loose-time", "Read webhook-timestamp as digits only: parseInt takes letters behind them.")),
  signed(refused("no-signature", "Refuse a request without signature, whatever the configuration.")),
  signed(refused("no-id", "Refuse a request without webhook-id.")),
  signed(refused("no-timestamp", "Refuse a request without webhook-timestamp.")),
  signed(refused("unknown-version", "Take v1 and v1a only; a version that you can't verify verifies nothing.")),
  signed(refused("duplicate-key", "Refuse equal keys: JSON.parse takes the last, another parser the first.")),
  ...(["not-json", "not-an-object", "empty", "not-utf8", "wrong-types", "proto-key", "inconsistent"] as const).map(
    (name): Case => ({
      name,
      about: `${ODD_REQUESTS[name].about}: no failure of the server`,
      mend: "Judge what came before you use it: a 5xx or no answer is sent again and again.",
      judge: async (probe) => withoutFailure(await probe.odd(name)),
    }),
  ),
  {
    name: "deep",
    about: `${ODD_REQUESTS.deep.about} are refused, quickly`,
    mend: "Bound the depth before parsing, and the size of the body.",
    judge: async (probe) => {
      const answer = await probe.odd("deep");
      if (answer.kind === "answered" && answer.ms > QUICK_MS) return `took ${answer.ms} ms`;
      return probe.profile === "incode" ? withoutFailure(answer) : (withoutFailure(answer) ?? notTaken(answer));
    },
  },
  {
    name: "huge",
    about: `${ODD_REQUESTS.huge.about} are refused, and the next request is answered`,
    mend: "Stop reading at 1 MiB and answer 413; a notification has at most 20 KB.",
    judge: async (probe) => {
      const answer = await probe.odd("huge");
      if (answer.kind === "timeout") return "gave no answer";
      return (answer.kind === "closed" ? null : notTaken(answer)) ?? (await mustTake(probe, PASSED));
    },
  },
  {
    name: "slow-body",
    about: `a body that stalls for ${STALLED} senders holds up nobody else, and is taken when it comes after all`,
    mend: "Read bodies without blocking, one sender never before the other.",
    judge: judgeSlowBody,
  },
  {
    name: "hung-up",
    about: "a sender that hangs up in mid-body harms nobody",
    mend: "Take an aborted request for an end, not for an exception that nobody catches.",
    judge: async (probe) => {
      for (let n = 0; n < STALLED; n += 1) (await probe.half(PASSED)).drop();
      // More than once, since the receiver may hear of it a moment later.
      return await firstFault([1, 2, 3], async () => await mustTake(probe, PASSED));
    },
  },
  {
    name: "duplicate",
    about: "the same event again, later and freshly signed, is acknowledged",
    mend: "Answer 2xx to an id that was handled: any other answer has it sent again until it is dead.",
    judge: async (probe) => {
      const id = probe.newId();
      return (await mustTake(probe, PASSED, id)) ?? prefixed("the second time ", await mustTake(probe, PASSED, id));
    },
  },
  {
    name: "concurrent",
    about: `${COPIES} copies of one event at once: one is acknowledged, the others too or 409 with Retry-After`,
    mend: "Let the first run decide: 409 with Retry-After while it runs, 2xx when it is done, never 5xx.",
    judge: judgeConcurrent,
  },
  signed({
    name: "conflict",
    about: "the same id with another body is acknowledged: an alarm for you, not for the sender",
    mend: "Keep both bodies, raise an alarm, answer 2xx: sending again mends nothing.",
    judge: async (probe) => {
      const id = probe.newId();
      const other = sample("not-recognized").body;
      return (await mustTake(probe, PASSED, id)) ?? prefixed("the other body: ", await mustTake(probe, other, id));
    },
  }),
  signed({
    name: "out-of-order",
    about: "events that arrive newest first are acknowledged",
    mend: "Do not demand that times grow: retries and replays arrive late.",
    judge: async (probe) =>
      await firstFault([0, 30, 60, 90], async (secondsAgo) => {
        const body = PASSED;
        return taking(probe, await probe.honest({ body, secondsAgo }));
      }),
  }),
  {
    name: "possible-retry",
    about: "two equal bodies without an id are both acknowledged",
    mend: "4003 and 4004 carry no id: two honest attempts look like a retry, so take both.",
    only: "incode",
    judge: async (probe) => {
      const { body } = sample("unknown-customer");
      return (await mustTake(probe, body)) ?? prefixed("the second time ", await mustTake(probe, body));
    },
  },
  {
    name: "no-header",
    about: "a request without the static header is refused",
    mend: "Refuse what does not carry the header that you gave the vendor, also where none is configured.",
    only: "incode",
    judge: async (probe) => notTaken(await probe.honest({ body: PASSED, headers: {} })),
  },
  {
    name: "wrong-header",
    about: "a request with another value of the static header is refused",
    mend: "Compare the header with the value you gave the vendor, in constant time.",
    only: "incode",
    judge: async (probe) => notTaken(await probe.honest({ body: PASSED, headers: probe.spoiledHeaders })),
  },
  {
    name: "get",
    about: "a GET is not taken for a notification",
    mend: "Answer 405 to every method but POST.",
    judge: async (probe) => {
      const answer = await probe.send({ method: "GET", headers: {}, body: new Uint8Array() });
      return withoutFailure(answer) ?? (probe.acknowledges(answer) ? `answered ${told(answer)}` : null);
    },
  },
];

/** What no sender can see; said with every report, so that a pass is not taken for more than it is. */
export const UNSEEN: readonly string[] = [
  "that a handler ran once for a duplicate, and again after one that failed",
  "that a contradiction (PASS with faceMatch false) signs nobody in",
  "that signatures are compared in constant time",
  "that no notification, secret or token stands in a log",
];

function taken(name: OddName, mend: string): Case {
  const about = `${ODD_REQUESTS[name].about}: acknowledged`;
  return { name, about, mend, judge: async (probe) => taking(probe, await probe.odd(name)) };
}

function refused(name: OddName, mend: string): Case {
  const about = `${ODD_REQUESTS[name].about}: refused`;
  return { name, about, mend, judge: async (probe) => notTaken(await probe.odd(name)) };
}

/** Of signed requests only. */
function signed(one: Case): Case {
  return { ...one, only: "standard" };
}

async function judgeSlowBody(probe: Probe): Promise<string | null> {
  const stalled = await Promise.all(Array.from({ length: STALLED }, async () => await probe.half(PASSED)));
  const meanwhile = prefixed("meanwhile ", await mustTake(probe, PASSED));
  const ends = await Promise.all(stalled.map(async (one) => await one.finish()));
  return (
    meanwhile ??
    (await firstFault(ends, async (end) => await Promise.resolve(prefixed("in the end ", taking(probe, end)))))
  );
}

async function judgeConcurrent(probe: Probe): Promise<string | null> {
  const id = probe.newId();
  const answers = await Promise.all(
    Array.from({ length: COPIES }, async () => await probe.honest({ body: PASSED, id })),
  );
  const wrong = answers.find((answer) => !probe.acknowledges(answer) && !isBusy(answer));
  if (wrong !== undefined) return `one of them: ${told(wrong)}`;
  if (!answers.some((answer) => probe.acknowledges(answer))) return "none was acknowledged";
  return prefixed("afterwards ", await mustTake(probe, PASSED, id));
}

function isBusy(answer: Answer): boolean {
  return answer.kind === "answered" && answer.status === 409 && answer.hasRetryAfter;
}

async function mustTake(probe: Probe, body: Uint8Array, id?: string): Promise<string | null> {
  return taking(probe, await probe.honest({ body, ...(id === undefined ? {} : { id }) }));
}

function taking(probe: Probe, answer: Answer): string | null {
  return probe.acknowledges(answer) ? null : told(answer);
}

/** A refusal is an answer of 3xx or 4xx. */
function notTaken(answer: Answer): string | null {
  return answer.kind === "answered" && answer.status >= 300 && answer.status <= 499 ? null : told(answer);
}

function withoutFailure(answer: Answer): string | null {
  return answer.kind === "answered" && answer.status < 500 ? null : told(answer);
}

function told(answer: Answer): string {
  if (answer.kind !== "answered") {
    return answer.kind === "closed" ? "closed the connection without an answer" : "gave no answer in time";
  }
  return `answered ${answer.status}${answer.contentType === "" ? "" : ` ${answer.contentType}`}`;
}

function prefixed(prefix: string, fault: string | null): string | null {
  return fault === null ? null : prefix + fault;
}

async function firstFault<T>(items: readonly T[], judge: (item: T) => Promise<string | null>): Promise<string | null> {
  for (const item of items) {
    const fault = await judge(item);
    if (fault !== null) return typeof item === "string" ? `${item}: ${fault}` : fault;
  }
  return null;
}
