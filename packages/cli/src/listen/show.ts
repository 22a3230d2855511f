import type { CommandContext } from "../command-context.ts";
import type { Forwarded, SignedRequest } from "./forward.ts";

/** What is shown of one request and its answer. */
export interface Shown {
  readonly request: SignedRequest;
  readonly forwarded: Exclude<Forwarded, { readonly kind: "noReceiver" }>;
  readonly durationMs: number;
  readonly atMs: number;
  readonly resent: boolean;
}

/** As much of an answer as helps to see what is wrong. */
const SHOWN_CHARACTERS = 2_000;
const LONGEST_OUTCOME = "unknown-customer".length;

/** One line for one request; below it what the receiver said, where it did not acknowledge. */
export function showRequest(context: CommandContext, shown: Shown): void {
  const { request, forwarded, durationMs, atMs, resent } = shown;
  const answered = forwarded.kind === "answered" ? forwarded : null;
  const acknowledged = isAcknowledged(forwarded);
  const said = answered === null || acknowledged ? "" : new TextDecoder().decode(answered.body);
  const time = new Date(atMs).toTimeString().slice(0, 8);
  const status = answered?.status.toString() ?? (forwarded.kind === "failed" ? forwarded.failure : "");
  const line = [time, request.outcome.padEnd(LONGEST_OUTCOME), status, `${durationMs} ms`, request.eventId];
  context.print(
    {
      type: "delivery",
      at: new Date(atMs).toISOString(),
      outcome: request.outcome,
      status: answered?.status ?? null,
      failure: forwarded.kind === "failed" ? forwarded.failure : null,
      ms: durationMs,
      id: request.eventId,
      resent,
      ...(said === "" ? {} : { body: said }),
    },
    [`${line.join("  ")}${resent ? "  (resent)" : ""}`, ...(said === "" ? [] : [indent(printable(said))])],
  );
}

/** Whether the answer acknowledges, as it does for any endpoint of profile `standard`. */
export function isAcknowledged(forwarded: Forwarded): boolean {
  return forwarded.kind === "answered" && forwarded.status >= 200 && forwarded.status <= 299;
}

/** Something that is no delivery: for a person on the error stream, for a script among the lines. */
export function showNotice(context: CommandContext, text: string): void {
  if (context.json) context.terminal.out(JSON.stringify({ type: "notice", text }));
  else context.terminal.err(text);
}

/** A receiver's answer must not write to the terminal what steers it. */
function printable(text: string): string {
  const cut = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)} …` : text;
  return cut.trimEnd().replaceAll(/[^\P{Cc}\n\t]/gu, "\u{fffd}");
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "          ");
}
