import type { Schemas } from "@sameface/contract/client";
import { Command } from "commander";
import { accepted } from "../api-client.ts";
import type { CommandRunner } from "../command-context.ts";
import { EXIT } from "../exit-codes.ts";
import { listAll } from "../list-all.ts";

interface AddOptions {
  readonly scope: readonly string[];
  readonly expiresAt?: string;
}

/** `sameface keys add|list|revoke` */
export function keysCommand(runner: CommandRunner): Command {
  const keys = new Command("keys").description("API keys of the tenant");
  return keys.addCommand(add(runner)).addCommand(list(runner)).addCommand(revoke(runner));
}

function add(runner: CommandRunner): Command {
  return new Command("add")
    .description("make a key; it is shown this once")
    .argument("<name>")
    .requiredOption("--scope <scopes...>", "for example authenticate customers:write")
    .option("--expires-at <time>", "RFC 3339, for example 2027-01-31T00:00:00Z")
    .addHelpText("after", "\nExample:\n  sameface keys add web-shop --scope authenticate")
    .action((name: string, options: AddOptions, command: Command) =>
      runner.run(command, async (context) => {
        const body = {
          name,
          // What is no scope the server refuses, and it names those that are.
          scopes: options.scope as Schemas["KeyBody"]["scopes"],
          ...(options.expiresAt === undefined ? {} : { expiresAt: options.expiresAt }),
        };
        const answer = accepted(await context.client().api.createKey({ body }));
        context.print(answer, [`Key (shown this once): ${answer.key}`]);
        return EXIT.done;
      }),
    );
}

function list(runner: CommandRunner): Command {
  return new Command("list")
    .description("every key of the tenant, without the key itself")
    .addHelpText("after", "\nExample:\n  sameface keys list")
    .action((_options: object, command: Command) =>
      runner.run(command, async (context) => {
        const { api } = context.client();
        const items = await listAll(async (page) => accepted(await api.listKeys(page)));
        context.print(
          { items },
          items.map((key) => `${key.id}  ${key.name}`),
        );
        return EXIT.done;
      }),
    );
}

function revoke(runner: CommandRunner): Command {
  return new Command("revoke")
    .description("a revoked key is refused at once")
    .argument("<keyId>")
    .addHelpText("after", "\nExample:\n  sameface keys revoke 5f0c1e…")
    .action((keyId: string, _options: object, command: Command) =>
      runner.run(command, async (context) => {
        accepted(await context.client().api.revokeKey({ id: keyId }));
        context.print({ id: keyId, revoked: true }, [`Revoked ${keyId}.`]);
        return EXIT.done;
      }),
    );
}
