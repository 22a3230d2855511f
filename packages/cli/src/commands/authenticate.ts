import { Command } from "commander";
import { describeProblem, isRecord, textOf } from "../api-client.ts";
import { CliError } from "../cli-error.ts";
import type { CommandContext, CommandRunner } from "../command-context.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { readInput } from "../read-input.ts";

interface Options {
  readonly source?: string;
  readonly idempotencyKey?: string;
}

/** `sameface authenticate`: exit code 0 passed, 1 any other outcome. */
export function authenticateCommand(runner: CommandRunner): Command {
  return new Command("authenticate")
    .description("ask whether a picture shows a customer, live and uncovered")
    .argument("<customerId>")
    .argument("<picture>", "JPEG, PNG or WebP, at most 8 MB")
    .option("--source <text>", "the end user's address or device, counted against guessing")
    .option("--idempotency-key <text>", "repeating the command with the same key answers the same attempt")
    .addHelpText("after", "\nExample:\n  sameface authenticate anna door.jpg && echo welcome")
    .action((customerId: string, picture: string, options: Options, command: Command) =>
      runner.run(command, (context) => authenticate(context, { customerId, picture, ...options })),
    );
}

async function authenticate(
  context: CommandContext,
  request: Options & { readonly customerId: string; readonly picture: string },
): Promise<ExitCode> {
  const image = (await readInput(request.picture)).toString("base64");
  const answer = await context.client().call("/v1/authentications", {
    method: "POST",
    body: {
      customerId: request.customerId,
      image,
      ...(request.source === undefined ? {} : { source: request.source }),
    },
    headers: request.idempotencyKey === undefined ? {} : { "idempotency-key": request.idempotencyKey },
  });
  // 422 with an authenticationId is a decided attempt too: the picture could not be judged (9001–9004).
  const body = isRecord(answer.body) ? answer.body : {};
  const decided = answer.status === 200 || (answer.status === 422 && "authenticationId" in body);
  if (!decided) throw new CliError("refused", describeProblem(answer));
  const outcome = textOf(body["outcome"]) ?? textOf(body["code"]) ?? "error";
  context.print(body, [answer.status === 200 ? `${request.customerId}: ${outcome}` : describeProblem(answer)]);
  return outcome === "passed" ? EXIT.done : EXIT.no;
}
