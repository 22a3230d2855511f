import { Command } from "commander";
import { isRecord, textOf } from "../api-client.ts";
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
        const answer = await context.client().expect("/v1/keys", {
          method: "POST",
          body: {
            name,
            scopes: options.scope,
            ...(options.expiresAt === undefined ? {} : { expiresAt: options.expiresAt }),
          },
        });
        context.print(answer, [`Key (shown this once): ${textOf(answer["key"]) ?? "?"}`]);
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
        const items = await listAll(context.client(), "/v1/keys");
        context.print(
          { items },
          items.filter(isRecord).map((key) => `${textOf(key["id"]) ?? "?"}  ${textOf(key["name"]) ?? ""}`),
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
        await context.client().expect(`/v1/keys/${encodeURIComponent(keyId)}`, { method: "DELETE" });
        context.print({ id: keyId, revoked: true }, [`Revoked ${keyId}.`]);
        return EXIT.done;
      }),
    );
}
