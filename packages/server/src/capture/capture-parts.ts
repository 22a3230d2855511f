import type { AuthenticationParts, AuthenticationResult } from "../authentication/authenticate.ts";
import type { CustomerParts } from "../customers/enrol.ts";
import type { CaptureSessions } from "../store/capture-sessions.ts";
import type { Tracer } from "../tracing/tracer.ts";

/** What captures work with: all that an authentication and an enrolment do, and their own sessions. */
export interface CaptureParts
  extends Omit<AuthenticationParts, "store">,
    Omit<CustomerParts, "store" | keyof AuthenticationParts> {
  readonly store: AuthenticationParts["store"] & CustomerParts["store"] & CaptureSessions;
  readonly vault: AuthenticationParts["vault"] & CustomerParts["vault"];
  readonly engine: AuthenticationParts["engine"] & CustomerParts["engine"];
  readonly tracer: Tracer;
  /** Where a browser finds this server: `https://faces.example`. */
  readonly baseUrl: () => string;
  /** After each decision, with how long it took; must not throw. */
  readonly onDecided: (result: AuthenticationResult, ms: number) => void;
  /** A fault of the work in the background; must not throw. */
  readonly onFault: (fault: unknown) => void;
  readonly limits?: CaptureLimits;
}

/** How long things of captures last, and how many there are. */
export interface CaptureLimits {
  /** From the making of a session to its end. */
  readonly lifeMs: number;
  /** Tries that give nothing to decide on; the last is decided on all the same. */
  readonly tries: number;
  /** Captures in the memory of this node. */
  readonly live: number;
  /** The least time that an end takes to answer. */
  readonly floorMs: number;
  /** A page that was left may be opened again for so long: a reload leaves it, too. */
  readonly leftMs: number;
  /** How often ends are looked for. */
  readonly sweepMs: number;
}

/** What is shipped. */
export const CAPTURE_LIMITS: CaptureLimits = {
  lifeMs: 600_000,
  tries: 3,
  live: 500,
  floorMs: 500,
  leftMs: 15_000,
  sweepMs: 5_000,
};
