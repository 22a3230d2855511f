import { Command } from "commander";
import { accepted } from "../api-client.ts";
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
        const answer = accepted(await context.client().api.createTenant({ body: { name } }));
        context.print(answer, [`Tenant ${answer.tenantId}`, `Admin key (shown this once): ${answer.key}`]);
        return EXIT.done;
      }),
    );
  tenants
    .command("list")
    .description("every tenant")
    .addHelpText("after", "\nExample:\n  sameface tenants list")
    .action((_options: object, command: Command) =>
      runner.run(command, async (context) => {
        const { api } = context.client();
        const items = await listAll(async (page) => accepted(await api.listTenants(page)));
        context.print(
          { items },
          items.map((tenant) => `${tenant.tenantId}  ${tenant.name}`),
        );
        return EXIT.done;
      }),
    );
  return tenants;
}
