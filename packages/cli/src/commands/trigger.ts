import { randomBytes } from "node:crypto";
import {
  HEADERS,
  isSampleName,
  newId,
  parseSigningKey,
  SAMPLES,
  type SampleName,
  sample,
  sign,
  TEST_ID_PREFIX,
} from "@sameface/contract";
import { Command } from "commander";
import { CliError } from "../cli-error.ts";
import type { CommandContext, CommandRunner } from "../command-context.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { readInput } from "../read-input.ts";

interface Options {
  readonly to?: string;
  readonly secret?: string;
  readonly data?: string;
  readonly unmarked?: true;
}

/** One signed request, ready to be sent. */
interface SignedSample {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** `sameface trigger`: a signed sample for a receiver under development; no server needed. */
export function triggerCommand(runner: CommandRunner): Command {
  return new Command("trigger")
    .description("sign a sample notification and post it to a receiver; no server is needed")
    .argument("<sample>", Object.keys(SAMPLES).join(", "))
    .option("--to <url>", "the receiver; left out: the signed request is printed")
    .option("--secret <whsec>", "the receiver's secret (SAMEFACE_WEBHOOK_SECRET)")
    .option("--data <file>", "this body instead of the sample's, byte for byte")
    .option("--unmarked", "a webhook-id without the test_ mark, so that handlers run")
    .addHelpText("after", "\nExample:\n  sameface trigger spoof --to http://127.0.0.1:3000/webhooks --secret whsec_…")
    .action((name: string, options: Options, command: Command) =>
      runner.run(command, async (context) => {
        const signed = await signSample(context, sampleName(name), options);
        return options.to === undefined ? print(context, signed) : await post(context, options.to, signed);
      }),
    );
}

function sampleName(name: string): SampleName {
  if (isSampleName(name)) return name;
  throw new CliError("usage", `There is no sample "${name}"; there are: ${Object.keys(SAMPLES).join(", ")}.`);
}

async function signSample(context: CommandContext, name: SampleName, options: Options): Promise<SignedSample> {
  const secret = options.secret ?? context.terminal.env["SAMEFACE_WEBHOOK_SECRET"];
  if (secret === undefined || secret === "") {
    throw new CliError("usage", "Name the receiver's secret with --secret or SAMEFACE_WEBHOOK_SECRET.");
  }
  const { outcome, body: golden } = sample(name);
  const body = options.data === undefined ? golden : await readInput(options.data);
  const id = (options.unmarked === true ? "" : TEST_ID_PREFIX) + newId({ bytes: randomBytes });
  const timestampSeconds = Math.floor(Date.now() / 1000);
  const signature = await sign({ id, timestampSeconds, body, keys: [readKey(secret)] });
  return {
    body,
    headers: {
      "content-type": "application/json",
      [HEADERS.id]: id,
      [HEADERS.timestamp]: String(timestampSeconds),
      [HEADERS.signature]: signature,
      [HEADERS.outcome]: outcome,
      [HEADERS.attempt]: "1",
    },
  };
}

function readKey(secret: string): ReturnType<typeof parseSigningKey> {
  try {
    return parseSigningKey(secret);
  } catch (cause) {
    throw new CliError("usage", `The secret can't be used: ${cause instanceof Error ? cause.message : "unknown"}.`, {
      cause,
    });
  }
}

function print(context: CommandContext, { headers, body }: SignedSample): ExitCode {
  const text = new TextDecoder().decode(body);
  context.print({ headers, body: text }, [
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "",
    text,
  ]);
  return EXIT.done;
}

async function post(context: CommandContext, to: string, { headers, body }: SignedSample): Promise<ExitCode> {
  const response = await reach(context, to, { method: "POST", headers, body: Buffer.from(body), redirect: "manual" });
  const reply = await response.text();
  context.print({ status: response.status, id: headers[HEADERS.id], reply }, [
    `${response.status} ${headers[HEADERS.id] ?? ""}`,
    ...(response.ok || reply === "" ? [] : [reply]),
  ]);
  return response.ok ? EXIT.done : EXIT.no;
}

async function reach(context: CommandContext, to: string, init: RequestInit): Promise<Response> {
  if (!URL.canParse(to)) throw new CliError("usage", `"${to}" is no URL.`);
  try {
    return await context.terminal.fetch(to, { ...init, signal: context.terminal.stop });
  } catch (cause) {
    throw new CliError("unreachable", `No receiver answers at ${to}.`, { cause });
  }
}
