import type { Clock } from "../clock.ts";

/** The levels that are written, from the talkative to the silent. */
const LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
/** One of {@link LEVELS}. */
type Level = Exclude<(typeof LEVELS)[number], "silent">;

/** All that a line can tell: no header, no body, no query, no path of a request, no message of a fault (S34). */
const FIELDS = [
  "requestId",
  "method",
  "route",
  "status",
  "ms",
  "tenantId",
  "keyId",
  "code",
  "authenticationId",
  "eventId",
  "deliveryId",
  "endpointId",
  "outcome",
  "reason",
  "fault",
  "faultCode",
  "at",
  "count",
] as const;

/** The fields of a line; whatever else an object holds is left out. */
export type LogFields = { readonly [Field in (typeof FIELDS)[number]]?: string | number | null };

/** Writes one JSON line an entry. Messages are fixed texts: what varies is a field. */
export type Log = Readonly<Record<Level, (message: string, fields?: LogFields) => void>>;

/** @param options.write takes one line, its line break included */
export function createLog(options: {
  readonly level: string;
  readonly clock: Clock;
  readonly write: (line: string) => void;
}): Log {
  const least = LEVELS.findIndex((level) => level === options.level);
  const at =
    (level: Level) =>
    (message: string, fields: LogFields = {}): void => {
      if (LEVELS.indexOf(level) < least) return;
      const line: Record<string, unknown> = { time: new Date(options.clock.nowMs()).toISOString(), level, message };
      for (const name of FIELDS) if (fields[name] !== undefined) line[name] = fields[name];
      // JSON writes CR and LF as escapes: no value can forge a line.
      options.write(`${JSON.stringify(line)}\n`);
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** What a log may tell of a fault: its kind and where it came from, never its message, which may quote a value. */
export function faultFields(fault: unknown): LogFields {
  if (!(fault instanceof Error)) return { fault: typeof fault };
  const code = "code" in fault && typeof fault.code === "string" ? fault.code : null;
  const stack = fault.stack ?? "";
  // A message of several lines may look like frames.
  const frames = stack
    .slice(stack.indexOf(fault.message) + fault.message.length)
    .split("\n")
    .filter((line) => line.startsWith("    at "));
  return {
    fault: fault.name,
    faultCode: code,
    at: frames
      .slice(0, 8)
      .map((line) => line.trim())
      .join("; "),
  };
}
