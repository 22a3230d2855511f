import type { Schemas } from "@sameface/contract/client";
import { Command, InvalidArgumentError } from "commander";
import { accepted } from "../api-client.ts";
import type { CommandRunner } from "../command-context.ts";
import { EXIT } from "../exit-codes.ts";
import { listAll } from "../list-all.ts";

/** `sameface tenants add|list|quotas`; needs the root key. */
export function tenantsCommand(runner: CommandRunner): Command {
  const tenants = new Command("tenants").description("owners of customers, endpoints and keys (root key)");
  return tenants.addCommand(add(runner)).addCommand(list(runner)).addCommand(quotas(runner));
}

function add(runner: CommandRunner): Command {
  return new Command("add")
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
}

function list(runner: CommandRunner): Command {
  return new Command("list")
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
}

function quotas(runner: CommandRunner): Command {
  return new Command("quotas")
    .description("what a tenant has and may have; with options, other bounds from now on")
    .argument("<tenantId>")
    .option("--customers <n>", "enrolled customers; none: no bound", boundOf)
    .option("--endpoints <n>", "endpoints and streams", boundOf)
    .option("--keys <n>", "keys that are not revoked", boundOf)
    .option("--picture-bytes <n>", "bytes of kept pictures", boundOf)
    .addHelpText("after", "\nExample:\n  sameface tenants quotas default --customers 5000 --keys none")
    .action((tenantId: string, change: Readonly<Record<string, number | "none">>, command: Command) =>
      runner.run(command, async (context) => {
        const { api } = context.client();
        const present = accepted(await api.readTenantQuotas({ tenantId }));
        const changed = Object.entries(change).map(([name, bound]) => [name, bound === "none" ? null : bound] as const);
        // What is left out of the body would be without a bound.
        const body = { ...mostOf(present), ...Object.fromEntries(changed) };
        const answer = changed.length === 0 ? present : accepted(await api.writeQuotas({ tenantId, body }));
        context.print(
          answer,
          Object.entries(answer).map(([name, { used, most }]) => `${name}  ${used} of ${most ?? "any number"}`),
        );
        return EXIT.done;
      }),
    );
}

function mostOf({ customers, endpoints, keys, pictureBytes }: Schemas["QuotasInForce"]): Schemas["Quotas"] {
  return { customers: customers.most, endpoints: endpoints.most, keys: keys.most, pictureBytes: pictureBytes.most };
}

function boundOf(text: string): number | "none" {
  if (text === "none") return text;
  const bound = text === "" ? Number.NaN : Number(text);
  if (!Number.isSafeInteger(bound) || bound < 0) throw new InvalidArgumentError("It must be a whole number, or none.");
  return bound;
}
