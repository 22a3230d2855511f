import { hostname } from "node:os";
import { OUTCOME_KINDS } from "@sameface/contract";
import { Command } from "commander";
import { CliError } from "../cli-error.ts";
import type { CommandContext, CommandRunner } from "../command-context.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { resend, runListener } from "../listen/run-listener.ts";
import { findStream, type OpenedStream, openStream } from "../listen/stream-client.ts";

interface Options {
  readonly forwardTo: string;
  readonly name?: string;
  readonly outcomes?: readonly string[];
  readonly fresh?: true;
  readonly resend?: string;
  readonly unmarked?: true;
}

/** `sameface listen`: what happens on a server, forwarded to a receiver on this machine, with catch-up. */
export function listenCommand(runner: CommandRunner): Command {
  return new Command("listen")
    .description("forward every event to a receiver on this machine; what was missed meanwhile comes first")
    .requiredOption("--forward-to <url>", "your receiver: a URL, or host:port/path, or a port")
    .option("--name <name>", "of the stream that is gone on with (default: this host and the receiver's address)")
    .option("--outcomes <names...>", `only these: ${OUTCOME_KINDS.join(", ")}; "all" for all again`)
    .option("--fresh", "a new secret; what was missed is forgotten")
    .option("--resend <eventId>", "send this past event once more, marked as a test, and end")
    .option("--unmarked", "with --resend: under the event's own id, so that handlers run")
    .addHelpText("after", "\nExample:\n  sameface listen --forward-to http://127.0.0.1:3000/webhooks")
    .action((options: Options, command: Command) => runner.run(command, (context) => listen(context, options)));
}

async function listen(context: CommandContext, options: Options): Promise<ExitCode> {
  const forwardTo = readTarget(options.forwardTo);
  const name = readName(options.name ?? `${hostname()}/${forwardTo.replace(/^https?:\/\//, "")}`);
  if (options.resend !== undefined) {
    const { resend: eventId, unmarked } = options;
    return await resendOne(context, { name, forwardTo, eventId, marked: unmarked !== true });
  }
  if (options.unmarked === true) throw new CliError("usage", "--unmarked goes with --resend; others keep their id.");
  const outcomes = readOutcomes(options.outcomes);
  const client = context.client();
  const stream = await openStream(client, { name, outcomes, fresh: options.fresh === true });
  tellOpened(context, { stream, name, forwardTo, url: client.url });
  await runListener({ context, client, stream, forwardTo });
  return EXIT.done;
}

async function resendOne(
  context: CommandContext,
  where: { readonly name: string; readonly forwardTo: string; readonly eventId: string; readonly marked: boolean },
): Promise<ExitCode> {
  const { name, forwardTo, eventId, marked } = where;
  const client = context.client();
  const known = await findStream(client, name);
  const made = known === null ? await openStream(client, { name, outcomes: undefined, fresh: false }) : null;
  if (made !== null) tellOpened(context, { stream: made, name, forwardTo, url: client.url });
  const streamId = known ?? made?.id ?? "";
  const sent = await resend({ context, client, forwardTo }, { streamId, eventId, marked });
  if (sent === "noReceiver") throw new CliError("unreachable", `No receiver answers at ${forwardTo}. Start it first.`);
  return sent === "acknowledged" ? EXIT.done : EXIT.no;
}

function tellOpened(
  context: CommandContext,
  opened: { readonly stream: OpenedStream; readonly name: string; readonly forwardTo: string; readonly url: string },
): void {
  const { stream, name, forwardTo, url } = opened;
  const { id, waiting, secret } = stream;
  const about = `Stream ${name} of ${url}, forwarded to ${forwardTo}`;
  const lines =
    secret === null
      ? [`${about}; ${waiting} waiting.`, "Its secret was shown when it was made; --fresh makes a new one."]
      : [`${about}. Your receiver's secret, shown this once:`, `SAMEFACE_WEBHOOK_SECRET=${secret}`];
  context.print({ type: "opened", id, name, forwardTo, waiting, secret }, lines);
}

function readTarget(text: string): string {
  const url = /^\d+$/.test(text) ? `http://127.0.0.1:${text}/` : /^https?:\/\//.test(text) ? text : `http://${text}`;
  if (!URL.canParse(url))
    throw new CliError("usage", `"${text}" is no URL; --forward-to http://127.0.0.1:3000/webhooks`);
  return new URL(url).href;
}

function readName(text: string): string {
  const name = text.replaceAll(/[^\x21-\x7e]/g, "_").slice(0, 100);
  if (name === "") throw new CliError("usage", "A stream's name has at least one character.");
  return name;
}

function readOutcomes(names: readonly string[] | undefined): readonly string[] | null | undefined {
  if (names === undefined) return undefined;
  const list = names.flatMap((name) => name.split(","));
  if (list.length === 1 && list[0] === "all") return null;
  const wrong = list.find((name) => !OUTCOME_KINDS.some((kind) => kind === name));
  if (wrong === undefined) return list;
  throw new CliError("usage", `There is no outcome "${wrong}"; there are: ${OUTCOME_KINDS.join(", ")}.`);
}
