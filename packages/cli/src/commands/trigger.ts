import { HEADERS, isSampleName, SAMPLES, type SampleName, type SigningKey, sample } from "@sameface/contract";
import { Command } from "commander";
import { CliError } from "../cli-error.ts";
import type { CommandContext, CommandRunner } from "../command-context.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { readInput } from "../read-input.ts";
import {
  collect,
  type MadeRequest,
  makeId,
  makeRequest,
  nowSeconds,
  readHeaders,
  readKeys,
  readReceiverUrl,
} from "../requests/make-request.ts";
import { isOddName, makeOddRequest, ODD_REQUESTS, type OddName } from "../requests/odd-requests.ts";

interface Options {
  readonly to?: string;
  readonly secret?: readonly string[];
  readonly data?: string;
  readonly unmarked?: true;
  readonly unsigned?: true;
  readonly header?: readonly string[];
  readonly count?: number;
  readonly duplicate?: true;
  readonly outOfOrder?: true;
}

/** `sameface trigger`: signed requests for a receiver under development, honest and odd ones; no server needed. */
export function triggerCommand(runner: CommandRunner): Command {
  return new Command("trigger")
    .description("sign a sample notification and post it to a receiver; no server is needed")
    .argument("<sample>", Object.keys(SAMPLES).join(", "))
    .option("--to <url>", "the receiver; left out: the signed request is printed")
    .option("--secret <key>", "whsec_… or whsk_…, may be given again (SAMEFACE_WEBHOOK_SECRET)", collect)
    .option("--data <file>", "this body instead of the sample's, byte for byte; - for standard input")
    .option("--unmarked", "a webhook-id without the test_ mark, so that handlers run")
    .option("--unsigned", "as the vendor's own sender: no webhook headers, no secret")
    .option("--header <name: value>", "beside ours, may be given again", collect)
    .option("--count <n>", "so many events, each with an id of its own", readCount)
    .option("--duplicate", "each one twice: same id, same bytes")
    .option("--out-of-order", "signed one second after the other, sent newest first (3 if no --count is given)")
    .addHelpText("after", `\nOdd ones, to see what the receiver refuses:\n${oddHelp()}`)
    .addHelpText(
      "after",
      "\nExit code 0 when every request was answered 2xx, else 1.\n" +
        "\nExample:\n  sameface trigger spoof --to http://127.0.0.1:3000/webhooks --secret whsec_…",
    )
    .action((name: string, options: Options, command: Command) =>
      runner.run(command, async (context) => {
        const requests = await makeRequests(context, readName(name), options);
        if (options.to === undefined) return print(context, requests);
        return await postAll(context, readReceiverUrl(options.to), requests);
      }),
    );
}

const WIDTH = Math.max(...Object.keys(ODD_REQUESTS).map((name) => name.length));

function oddHelp(): string {
  return Object.entries(ODD_REQUESTS)
    .map(([name, { about }]) => `  ${name.padEnd(WIDTH)}  ${about}`)
    .join("\n");
}

function readName(name: string): SampleName | OddName {
  if (isSampleName(name) || isOddName(name)) return name;
  const all = [...Object.keys(SAMPLES), ...Object.keys(ODD_REQUESTS)].join(", ");
  throw new CliError("usage", `There is no sample "${name}"; there are: ${all}.`);
}

const MOST = 10_000;

function readCount(text: string): number {
  const count = Number(text);
  if (/^\d{1,5}$/.test(text) && count >= 1 && count <= MOST) return count;
  throw new CliError("usage", `--count is "${text}"; allowed: 1…${MOST}.`);
}

async function makeRequests(
  context: CommandContext,
  name: SampleName | OddName,
  options: Options,
): Promise<readonly MadeRequest[]> {
  const signs = options.unsigned !== true;
  const keys = signs ? readKeys(options.secret, context.terminal.env) : [];
  if (!signs && isOddName(name) && options.data === undefined && !hasOwnBody(name)) {
    throw new CliError("usage", `"${name}" is odd in its signature, which --unsigned leaves out.`);
  }
  const body = options.data === undefined ? undefined : await readInput(options.data);
  const headers = readHeaders(options.header);
  const count = options.count ?? (options.outOfOrder === true ? 3 : 1);
  const now = nowSeconds();
  const made: MadeRequest[] = [];
  for (let n = 0; n < count; n += 1) {
    const timestampSeconds = options.outOfOrder === true ? now - n : now;
    const id = makeId(options.unmarked !== true);
    const request = await makeOne(name, {
      id,
      keys,
      timestampSeconds,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    made.push(request, ...(options.duplicate === true ? [request] : []));
  }
  return made;
}

function hasOwnBody(name: OddName): boolean {
  return "body" in ODD_REQUESTS[name] && !("change" in ODD_REQUESTS[name]);
}

async function makeOne(
  name: SampleName | OddName,
  parts: {
    readonly id: string;
    readonly keys: readonly SigningKey[];
    readonly timestampSeconds: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: Uint8Array;
  },
): Promise<MadeRequest> {
  if (isOddName(name)) return await makeOddRequest(name, parts);
  const { outcome, body } = sample(name);
  return await makeRequest({ body, ...parts, outcome });
}

function print(context: CommandContext, requests: readonly MadeRequest[]): ExitCode {
  for (const { headers, body } of requests) {
    const text = new TextDecoder().decode(body);
    context.print({ headers, body: text }, [
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      "",
      text,
    ]);
  }
  return EXIT.done;
}

async function postAll(context: CommandContext, to: string, requests: readonly MadeRequest[]): Promise<ExitCode> {
  let refused = 0;
  for (const request of requests) if (!(await post(context, to, request))) refused += 1;
  return refused === 0 ? EXIT.done : EXIT.no;
}

/** Answers whether it was acknowledged. */
async function post(context: CommandContext, to: string, { headers, body }: MadeRequest): Promise<boolean> {
  const response = await reach(context, to, { method: "POST", headers, body: Buffer.from(body), redirect: "manual" });
  const reply = await response.text();
  const id = headers[HEADERS.id] ?? null;
  context.print({ status: response.status, id, reply }, [
    `${response.status}${id === null ? "" : ` ${id}`}`,
    ...(response.ok || reply === "" ? [] : [reply]),
  ]);
  return response.ok;
}

const EXCHANGE_MS = 15_000;

async function reach(context: CommandContext, to: string, init: RequestInit): Promise<Response> {
  const timeout = AbortSignal.timeout(EXCHANGE_MS);
  try {
    return await context.terminal.fetch(to, { ...init, signal: AbortSignal.any([context.terminal.stop, timeout]) });
  } catch (cause) {
    const why = timeout.aborted ? "within 15 s" : "or it hung up before it answered";
    throw new CliError("unreachable", `No receiver answers at ${to}, ${why}. Start yours, or name it with --to.`, {
      cause,
    });
  }
}
