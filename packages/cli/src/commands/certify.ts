import { Command } from "commander";
import { CASES, type Case, UNSEEN } from "../certify/cases.ts";
import { type CertifyProfile, createProbe, type Probe } from "../certify/probe.ts";
import { CliError } from "../cli-error.ts";
import type { CommandContext, CommandRunner } from "../command-context.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { collect, readHeaders, readKeys, readReceiverUrl } from "../requests/make-request.ts";

interface Options {
  readonly secret?: readonly string[];
  readonly profile: string;
  readonly header?: readonly string[];
  readonly marked?: true;
  readonly timeout: string;
  readonly case?: readonly string[];
}

/** What one case came to. */
interface Verdict extends Pick<Case, "name" | "about"> {
  readonly verdict: "pass" | "fail";
  /** What the receiver did instead, and what to do about it; `null` where it passed. */
  readonly why: string | null;
  readonly mend: string | null;
}

/** `sameface certify`: whether a receiver does what a receiver of these webhooks must do. */
export function certifyCommand(runner: CommandRunner): Command {
  return new Command("certify")
    .description("drive a receiver with honest, forged, late, doubled, huge and broken requests, and report")
    .argument("<url>", "your receiver; its handlers will run, so never one in production")
    .option("--secret <key>", "whsec_… or whsk_…, may be given again (SAMEFACE_WEBHOOK_SECRET)", collect)
    .option(
      "--profile <name>",
      "standard (signed, any 2xx), or incode (the vendor's sender: 200 JSON or 204)",
      "standard",
    )
    .option("--header <name: value>", "with every honest request; profile incode needs the static header", collect)
    .option("--marked", "ids that begin with test_: handlers of our receivers do not run then")
    .option("--timeout <seconds>", "how long an answer may take", "15")
    .option("--case <name>", "only this case, may be given again", collect)
    .addHelpText("after", `\nCases:\n${CASES.map(({ name, about }) => `  ${name.padEnd(WIDTH)}  ${about}`).join("\n")}`)
    .addHelpText(
      "after",
      "\nExit code 0 when all pass, 1 when one fails.\n" +
        "\nExample:\n  sameface certify http://127.0.0.1:3000/webhooks --secret whsec_…",
    )
    .action((url: string, options: Options, command: Command) =>
      runner.run(command, async (context) => await certify(context, readReceiverUrl(url), options)),
    );
}

const WIDTH = Math.max(...CASES.map(({ name }) => name.length));

async function certify(context: CommandContext, url: string, options: Options): Promise<ExitCode> {
  const profile = readProfile(options.profile);
  const headers = readHeaders(options.header);
  if (profile === "incode" && Object.keys(headers).length === 0) {
    throw new CliError("usage", 'Profile incode needs the static header: --header "x-api-key: …".');
  }
  const keys = profile === "incode" ? [] : readKeys(options.secret, context.terminal.env);
  const timeoutMs = readTimeoutMs(options.timeout);
  const cases = readCases(options.case, profile);
  const probe = createProbe({ url, profile, keys, headers, marked: options.marked === true, timeoutMs });
  await mustBeThere(probe, url);
  const verdicts: Verdict[] = [];
  for (const one of cases) {
    if (context.terminal.stop.aborted) throw new CliError("usage", "Stopped before the end: no verdict.");
    const verdict = await judge(probe, one);
    verdicts.push(verdict);
    if (!context.json) for (const line of linesOf(verdict)) context.terminal.out(line);
  }
  return report(context, { url, profile, verdicts });
}

/** Told at once and by its own exit code, before 30 cases fail for one reason. */
async function mustBeThere(probe: Probe, url: string): Promise<void> {
  const answer = await probe.send({ method: "GET", headers: {}, body: new Uint8Array() });
  if (answer.kind !== "closed") return;
  throw new CliError("unreachable", `No receiver answers at ${url}. Start yours first.`);
}

async function judge(probe: Probe, { name, about, mend, judge: run }: Case): Promise<Verdict> {
  const why = await run(probe);
  return why === null ? { name, about, verdict: "pass", why, mend: null } : { name, about, verdict: "fail", why, mend };
}

function linesOf({ name, about, verdict, why, mend }: Verdict): readonly string[] {
  const lines = [`${verdict === "pass" ? "pass" : "FAIL"}  ${name.padEnd(WIDTH)}  ${about}`];
  if (why === null || mend === null) return lines;
  const indent = " ".repeat("FAIL  ".length + WIDTH + 2);
  return [...lines, `${indent}It ${why}.`, `${indent}${mend}`];
}

function report(
  context: CommandContext,
  done: { readonly url: string; readonly profile: CertifyProfile; readonly verdicts: readonly Verdict[] },
): ExitCode {
  const failed = done.verdicts.filter(({ verdict }) => verdict === "fail").length;
  const passed = done.verdicts.length - failed;
  const { url, profile, verdicts } = done;
  context.print({ url, profile, passed, failed, cases: verdicts, unseen: UNSEEN }, [
    `${passed} passed, ${failed} failed (profile ${profile}). From outside it can't be seen:`,
    ...UNSEEN.map((one) => `  ${one}`),
  ]);
  return failed === 0 ? EXIT.done : EXIT.no;
}

function readProfile(name: string): CertifyProfile {
  if (name === "standard" || name === "incode") return name;
  throw new CliError("usage", `There is no profile "${name}"; there are: standard, incode.`);
}

function readTimeoutMs(text: string): number {
  const seconds = Number(text);
  if (text !== "" && seconds > 0 && seconds <= 60) return seconds * 1000;
  throw new CliError("usage", `--timeout is "${text}"; allowed: up to 60 seconds.`);
}

function readCases(names: readonly string[] | undefined, profile: CertifyProfile): readonly Case[] {
  const all = CASES.filter(({ only = profile }) => only === profile);
  const wrong = names?.find((name) => !all.some((one) => one.name === name));
  if (wrong === undefined) return names === undefined ? all : all.filter(({ name }) => names.includes(name));
  const known = all.map(({ name }) => name).join(", ");
  throw new CliError("usage", `There is no case "${wrong}" of profile ${profile}; there are: ${known}.`);
}
