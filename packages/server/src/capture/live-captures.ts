import type { CaptureTry } from "./capture-try.ts";

/** What this node keeps of one capture while it runs: pictures, and so nothing that is ever written. */
export interface LiveCapture {
  present: CaptureTry | null;
  /** Nonces of tries that have ended. */
  readonly spent: Set<string>;
  /** A frame of it is being looked at. */
  busy: boolean;
  /** When its page was left; `null`: somebody is there. */
  leftAtMs: number | null;
  readonly tenantId: string;
  readonly expiresAtMs: number;
}

/** The captures of one node, in memory alone. */
export interface LiveCaptures {
  /** `null`: as many as this node holds. */
  enter(sessionId: string, where: Pick<LiveCapture, "tenantId" | "expiresAtMs">): LiveCapture | null;
  find(sessionId: string): LiveCapture | undefined;
  drop(sessionId: string): void;
  /** Those that were left this long ago; what is past its end is forgotten on the way. */
  left(options: { readonly nowMs: number; readonly leftMs: number }): readonly (readonly [string, LiveCapture])[];
  clear(): void;
}

/** @param most captures at the same time */
export function createLiveCaptures(most: number): LiveCaptures {
  const captures = new Map<string, LiveCapture>();
  return {
    enter: (sessionId, where) => {
      const known = captures.get(sessionId);
      if (known !== undefined) return known;
      if (captures.size >= most) return null;
      const made: LiveCapture = { ...where, present: null, spent: new Set(), busy: false, leftAtMs: null };
      captures.set(sessionId, made);
      return made;
    },
    find: (sessionId) => captures.get(sessionId),
    drop: (sessionId) => {
      captures.delete(sessionId);
    },
    left: ({ nowMs, leftMs }) => {
      for (const [sessionId, one] of captures) if (one.expiresAtMs <= nowMs) captures.delete(sessionId);
      return [...captures].filter(([, one]) => one.leftAtMs !== null && nowMs - one.leftAtMs >= leftMs);
    },
    clear: () => {
      captures.clear();
    },
  };
}
