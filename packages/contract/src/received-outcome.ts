import type { OpenNotification } from "./notification.gen.ts";

/** What every outcome carries. */
interface Received {
  /** As the sender has it; opaque. */
  readonly customerId: string;
  /** `null`: the sender gave none, as in 4003 and 4004. Two different bodies may share one. */
  readonly transactionId: string | null;
  /** The whole body as parsed, with every key the sender added. */
  readonly body: OpenNotification;
}

/** The claimed customer's face, live and uncovered. The only outcome that may let somebody in. */
export interface ReceivedPassed extends Received {
  readonly kind: "passed";
  /** The enrolment that matched. */
  readonly interviewId: string | null;
  /** 0…1, higher = more surely the same face; `null`: not evaluated (absent, or 0). */
  readonly confidence: number | null;
  /** 0…1, higher = more likely a spoof; `null`: liveness was not evaluated. */
  readonly spoofConfidence: number | null;
  /** Lenses are worn, and the sender's policy lets them pass. */
  readonly lenses: boolean;
  /** A step-up is demanded: do not treat this pass as a full login. */
  readonly secondFactor: boolean;
  /** `null` from sameface: credentials do not travel in webhooks. */
  readonly token: string | null;
  readonly interviewToken: string | null;
}

/** A capture that does not show a bare face; no error. */
export interface ReceivedDeclined extends Received {
  readonly kind: "declined";
  readonly mask: boolean;
  readonly lenses: boolean;
  /** Neither mask nor lenses: a hat, or a reason that has no key. */
  readonly other: boolean;
}

/** 4004. */
export interface ReceivedUnknownCustomer extends Received {
  readonly kind: "unknown-customer";
}

/** 4003. */
export interface ReceivedBlocklisted extends Received {
  readonly kind: "blocklisted";
}

/** 4005. */
export interface ReceivedSpoof extends Received {
  readonly kind: "spoof";
  readonly spoofConfidence: number | null;
}

/** 4015. */
export interface ReceivedNotRecognized extends Received {
  readonly kind: "not-recognized";
  readonly spoofConfidence: number | null;
}

/** Any other code: 9xxx of sameface, and whatever exceptions another sender has. */
export interface ReceivedError extends Received {
  readonly kind: "error";
  readonly code: number;
  readonly error: string | null;
  /** `null`: absent, or "NA". */
  readonly message: string | null;
}

/** A body that contradicts itself. Never let anybody in on it. */
export interface ReceivedInconsistent extends Received {
  readonly kind: "inconsistent";
  /** What contradicts what, in words, without values. */
  readonly why: string;
}

/** What a notification says, whoever sent it; `switch` on `kind`. */
export type ReceivedOutcome =
  | ReceivedPassed
  | ReceivedDeclined
  | ReceivedUnknownCustomer
  | ReceivedBlocklisted
  | ReceivedSpoof
  | ReceivedNotRecognized
  | ReceivedError
  | ReceivedInconsistent;

/** JSON, but not a notification. */
export interface Malformed {
  readonly kind: "malformed";
  /** The first key that is missing or of another type, without its value. */
  readonly why: string;
}
