import { Command } from "commander";
import { isRecord, textOf } from "../api-client.ts";
import type { CommandRunner } from "../command-context.ts";
import { EXIT } from "../exit-codes.ts";
import { listAll } from "../list-all.ts";

/** `sameface tenants add|list`; needs the root key. */
export function tenantsCommand(runner: CommandRunner): Command {
  const tenants = new Command("tenants").description("owners of customers, endpoints and keys (root key)");
  tenants
    .command("add")
    .description("make a tenant and its admin key, shown this once")
    .argument("<name>")
    .addHelpText("after", "\nExample:\n  sameface tenants add shop-b")
    .action((name: string, _options: object, command: Command) =>
      runner.run(command, async (context) => {
        const answer = await context.client().expect("/v1/tenants", { method: "POST", body: { name } });
        context.print(answer, [
          `Tenant ${textOf(answer["tenantId"]) ?? "?"}`,
          `Admin key (shown this once): ${textOf(answer["key"]) ?? "?"}`,
        ]);
        return EXIT.done;
      }),
    );
  tenants
    .command("list")
    .description("every tenant")
    .addHelpText("after", "\nExample:\n  sameface tenants list")
    .action((_options: object, command: Command) =>
      runner.run(command, async (context) => {
        const items = await listAll(context.client(), "/v1/tenants");
        context.print(
          { items },
          items.filter(isRecord).map((t) => `${textOf(t["tenantId"]) ?? "?"}  ${textOf(t["name"]) ?? ""}`),
        );
        return EXIT.done;
      }),
    );
  return tenants;
}
