import { Command, Option } from "commander";
import { type ApiClient, isRecord, textOf } from "../api-client.ts";
import { CliError } from "../cli-error.ts";
import type { CommandContext, CommandRunner } from "../command-context.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";

interface Options {
  readonly endpoint: string;
  readonly since: string;
  readonly until?: string;
  readonly which: string;
  readonly rate?: string;
  readonly cancelOnInterrupt?: true;
}

/** How often the server is asked how far it is. */
const POLL_MS = 500;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `sameface replay`: makes a replay, and shows how far it is until it has ended. */
export function replayCommand(runner: CommandRunner): Command {
  return new Command("replay")
    .description("send deliveries of a time range again: same id, same bytes; the server goes on by itself")
    .requiredOption("--endpoint <id>", "where to")
    .requiredOption("--since <time>", "RFC 3339, or how long ago: 90s, 30m, 24h, 7d")
    .option("--until <time>", "the same; default: now")
    .addOption(
      new Option("--which <kind>", "dead: given up; missing: never got; all")
        .choices(["dead", "missing", "all"])
        .default("missing"),
    )
    .option("--rate <perSecond>", "deliveries made due a second at most (default 100)")
    .option("--cancel-on-interrupt", "Ctrl-C cancels the replay; left out: it goes on without this command")
    .addHelpText("after", "\nExample:\n  sameface replay --endpoint 5f0c1e… --since 24h --which dead")
    .action((options: Options, command: Command) =>
      runner.run(command, async (context) => await replay(context, options)),
    );
}

async function replay(context: CommandContext, options: Options): Promise<ExitCode> {
  const { terminal } = context;
  const client = context.client();
  let job = await client.expect("/v1/replays", { method: "POST", body: bodyOf(options) });
  const path = `/v1/replays/${encodeURIComponent(textOf(job["id"]) ?? "")}`;
  while (job["status"] === "running" && !terminal.stop.aborted) {
    terminal.progress(progressLine(job));
    await terminal.pause(POLL_MS);
    job = (await askUnlessStopped(client, context, path)) ?? job;
  }
  terminal.progress("");
  if (job["status"] === "running") return await interrupted(context, { options, path, job });
  context.print(job, [`Replay ${textOf(job["id"]) ?? "?"} ${textOf(job["status"]) ?? "?"}: ${summaryOf(job)}.`]);
  return job["status"] === "finished" ? EXIT.done : EXIT.no;
}

/** `null`: the user stopped the command while it asked. */
async function askUnlessStopped(
  client: ApiClient,
  { terminal }: CommandContext,
  path: string,
): Promise<Record<string, unknown> | null> {
  try {
    return await client.expect(path);
  } catch (fault) {
    if (terminal.stop.aborted) return null;
    throw fault;
  }
}

async function interrupted(
  context: CommandContext,
  run: { readonly options: Options; readonly path: string; readonly job: Record<string, unknown> },
): Promise<ExitCode> {
  const id = textOf(run.job["id"]) ?? "?";
  if (run.options.cancelOnInterrupt !== true) {
    context.print(run.job, [`Replay ${id} goes on: ${summaryOf(run.job)}. DELETE ${run.path} would cancel it.`]);
    return EXIT.no;
  }
  // The terminal's own signal is spent: this one call comes after it.
  const { signal } = new AbortController();
  const cancelled = await context.client().expect(run.path, { method: "DELETE", signal });
  context.print(cancelled, [`Replay ${id} ${textOf(cancelled["status"]) ?? "?"}: ${summaryOf(cancelled)}.`]);
  return EXIT.no;
}

function bodyOf({ endpoint, since, until, which, rate }: Options): Record<string, unknown> {
  const perSecond = rate === undefined ? undefined : Number(rate);
  if (perSecond !== undefined && !(Number.isInteger(perSecond) && perSecond >= 1 && perSecond <= 10_000)) {
    throw new CliError("usage", `--rate takes a whole number of 1 to 10000, not "${rate ?? ""}".`);
  }
  return {
    endpointId: endpoint,
    since: timeOf("--since", since),
    which,
    ...(until === undefined ? {} : { until: timeOf("--until", until) }),
    ...(perSecond === undefined ? {} : { perSecond }),
  };
}

function timeOf(option: string, text: string): string {
  const [, count = "", unit = ""] = /^([0-9]{1,6})([smhd])$/.exec(text) ?? [];
  const agoMs = UNIT_MS[unit];
  if (agoMs !== undefined) return new Date(Date.now() - Number(count) * agoMs).toISOString();
  const atMs = Date.parse(text);
  if (!/^[0-9]{4}-/.test(text) || Number.isNaN(atMs)) {
    throw new CliError("usage", `${option} takes a time (2027-01-31T12:00:00Z) or how long ago (24h), not "${text}".`);
  }
  return new Date(atMs).toISOString();
}

interface Progress {
  readonly total: number;
  readonly done: number;
  readonly queued: number;
}

function progressOf(job: Record<string, unknown>): Progress {
  const given = isRecord(job["progress"]) ? job["progress"] : {};
  const count = (name: string): number => {
    const value = given[name];
    return typeof value === "number" ? value : 0;
  };
  return { total: count("total"), done: count("done"), queued: count("queued") };
}

const BAR = 30;

function progressLine(job: Record<string, unknown>): string {
  const { total, done, queued } = progressOf(job);
  const share = total === 0 ? 0 : Math.min(1, done / total);
  const filled = Math.round(share * BAR);
  const waits = textOf(job["reason"]);
  const tail = waits === undefined ? "" : `, waits: ${waits}`;
  const bar = "#".repeat(filled) + ".".repeat(BAR - filled);
  return `[${bar}] ${Math.floor(share * 100)} %  ${done} of ${total} events, ${queued} queued${tail}`;
}

function summaryOf(job: Record<string, unknown>): string {
  const { total, done, queued } = progressOf(job);
  return `${done} of ${total} events looked at, ${queued} deliveries queued`;
}
