import { Command } from "commander";
import { accepted, describeProblem } from "../api-client.ts";
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
  const answer = await context.client().api.authenticate({
    body: {
      customerId: request.customerId,
      image,
      ...(request.source === undefined ? {} : { source: request.source }),
    },
    ...(request.idempotencyKey === undefined ? {} : { idempotencyKey: request.idempotencyKey }),
  });
  // 422 with an authenticationId is a decided attempt too: the picture could not be judged (9001–9004).
  if (!answer.ok && answer.status === 422 && answer.problem.authenticationId !== undefined) {
    context.print(answer.problem, [describeProblem({ status: answer.status, body: answer.problem })]);
    return EXIT.no;
  }
  const decided = accepted(answer);
  context.print(decided, [`${request.customerId}: ${decided.outcome}`]);
  return decided.outcome === "passed" ? EXIT.done : EXIT.no;
}
