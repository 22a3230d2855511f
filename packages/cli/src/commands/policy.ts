import type { Schemas } from "@sameface/contract/client";
import { Command, InvalidArgumentError } from "commander";
import { accepted } from "../api-client.ts";
import type { CommandRunner } from "../command-context.ts";
import { EXIT } from "../exit-codes.ts";

/** `sameface policy show|set` */
export function policyCommand(runner: CommandRunner): Command {
  const policy = new Command("policy").description(
    "what the tenant decided: thresholds, checks, lockout, picture days",
  );
  return policy.addCommand(show(runner)).addCommand(set(runner));
}

function show(runner: CommandRunner): Command {
  return new Command("show")
    .description("the policy in force")
    .addHelpText("after", "\nExample:\n  sameface policy show")
    .action((_options: object, command: Command) =>
      runner.run(command, async (context) => {
        const { stated, ...policy } = accepted(await context.client().api.readPolicy());
        context.print({ ...policy, stated }, linesOf(policy));
        return EXIT.done;
      }),
    );
}

function set(runner: CommandRunner): Command {
  return new Command("set")
    .description("change some of it, as `sameface policy show` names it; the rest stays")
    .argument("<changes...>", "name=value, a list as JSON", changeOf)
    .addHelpText("after", "\nExample:\n  sameface policy set retention.pictureDays=7 thresholds.match=strict")
    .action((body: Schemas["PolicyBody"], _options: object, command: Command) =>
      runner.run(command, async (context) => {
        const answer = accepted(await context.client().api.writePolicy({ body }));
        context.print(answer, linesOf(answer));
        return EXIT.done;
      }),
    );
}

/** `retention.pictureDays = 7`, a line each. */
function linesOf(value: object, within = ""): readonly string[] {
  return Object.entries(value).flatMap(([name, one]: [string, unknown]) =>
    typeof one === "object" && one !== null && !Array.isArray(one)
      ? linesOf(one, `${within}${name}.`)
      : [`${within}${name} = ${typeof one === "string" ? one : JSON.stringify(one)}`],
  );
}

/** Adds `a.b=7` to the body; what the policy does not have the server refuses, and it names what it has. */
function changeOf(text: string, before: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It must be name=value.");
  return withValue(before, { path: text.slice(0, at).split("."), value: valueOf(text.slice(at + 1)) });
}

function withValue(
  before: Readonly<Record<string, unknown>>,
  { path, value }: { readonly path: readonly string[]; readonly value: unknown },
): Readonly<Record<string, unknown>> {
  const [name = "", ...rest] = path;
  if (rest.length === 0) return { ...before, [name]: value };
  return { ...before, [name]: withValue({ ...(before[name] as object | undefined) }, { path: rest, value }) };
}

/** Numbers, true, false and lists as JSON; anything else is a word. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
