import type { Schemas } from "@sameface/contract/client";
import { Command, InvalidArgumentError } from "commander";
import { accepted } from "../api-client.ts";
import type { CommandRunner } from "../command-context.ts";
import { EXIT } from "../exit-codes.ts";
import { listAll } from "../list-all.ts";

interface AddOptions {
  readonly description?: string;
  readonly profile?: string;
  readonly outcome?: readonly string[];
  readonly ordered?: boolean;
}

/** `sameface endpoints add|list|test|rotate|remove` */
export function endpointsCommand(runner: CommandRunner): Command {
  const endpoints = new Command("endpoints").description("URLs that receive events");
  endpoints.addCommand(add(runner)).addCommand(list(runner));
  return endpoints.addCommand(test(runner)).addCommand(rotate(runner)).addCommand(remove(runner));
}

function add(runner: CommandRunner): Command {
  return new Command("add")
    .description("register a URL; its signing secret is shown this once")
    .argument("<url>", "https, a host name, port 443 or 8443 (more inside SAMEFACE_ALLOWED_PRIVATE_NETWORKS)")
    .option("--description <text>")
    .option("--profile <name>", "standard (any 2xx) or incode (200 JSON or 204)")
    .option("--outcome <names...>", "only these outcomes")
    .option("--ordered", "what concerns one customer in order, each after the one before it has ended")
    .addHelpText("after", "\nExample:\n  sameface endpoints add https://shop.example/webhooks/face")
    .action((url: string, options: AddOptions, command: Command) =>
      runner.run(command, async (context) => {
        // A profile or an outcome that does not exist the server refuses, and it names those that do.
        const body = {
          url,
          ...(options.description === undefined ? {} : { description: options.description }),
          ...(options.profile === undefined ? {} : { profile: options.profile }),
          ...(options.ordered === undefined ? {} : { ordered: options.ordered }),
          ...(options.outcome === undefined ? {} : { outcomes: options.outcome }),
        } as Schemas["EndpointBody"];
        const answer = accepted(await context.client().api.createEndpoint({ body }));
        context.print(answer, secretLines(answer));
        return EXIT.done;
      }),
    );
}

function list(runner: CommandRunner): Command {
  return new Command("list")
    .description("every endpoint of the tenant")
    .addHelpText("after", "\nExample:\n  sameface endpoints list")
    .action((_options: object, command: Command) =>
      runner.run(command, async (context) => {
        const { api } = context.client();
        const items = await listAll(async (page) => accepted(await api.listEndpoints(page)));
        context.print(
          { items },
          items.map((endpoint) => `${endpoint.id}  ${endpoint.url}`),
        );
        return EXIT.done;
      }),
    );
}

function test(runner: CommandRunner): Command {
  return new Command("test")
    .description("send a sample; its webhook-id begins with test_")
    .argument("<endpointId>")
    .option("--sample <name>", "passed, spoof, not-recognized, …", "passed")
    .addHelpText("after", "\nExample:\n  sameface endpoints test 5f0c1e… --sample spoof")
    .action((endpointId: string, options: { readonly sample: string }, command: Command) =>
      runner.run(command, async (context) => {
        const sample = options.sample as Schemas["TestBody"]["sample"]; // as above: the server names those that exist
        const answer = accepted(await context.client().api.testEndpoint({ id: endpointId, body: { sample } }));
        context.print(answer, [`Sent ${options.sample}: ${JSON.stringify(answer)}`]);
        return EXIT.done;
      }),
    );
}

function rotate(runner: CommandRunner): Command {
  return new Command("rotate")
    .description("new secrets; requests carry both signatures until the overlap ends")
    .argument("<endpointId>")
    .option("--overlap <seconds>", "how long the old secrets sign too, 0 to 604800; default 24 h", secondsOf)
    .addHelpText("after", "\nExample:\n  sameface endpoints rotate 5f0c1e… --overlap 3600")
    .action((endpointId: string, options: { readonly overlap?: number }, command: Command) =>
      runner.run(command, async (context) => {
        const body = options.overlap === undefined ? {} : { overlapSeconds: options.overlap };
        const answer = accepted(await context.client().api.rotateEndpointSecret({ id: endpointId, body }));
        context.print(answer, secretLines(answer));
        return EXIT.done;
      }),
    );
}

function secondsOf(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError("It must be a whole number of seconds.");
  return Number(text);
}

/** What is shown once: the secret as a receiver's environment names it. */
function secretLines({ id, secret, publicKey }: Schemas["EndpointCreated"]): readonly string[] {
  return [`Endpoint ${id}`, `SAMEFACE_WEBHOOK_SECRET=${secret}   (shown this once)`, `Public key ${publicKey ?? "?"}`];
}

function remove(runner: CommandRunner): Command {
  return new Command("remove")
    .description("what still waits for it becomes skipped")
    .argument("<endpointId>")
    .addHelpText("after", "\nExample:\n  sameface endpoints remove 5f0c1e…")
    .action((endpointId: string, _options: object, command: Command) =>
      runner.run(command, async (context) => {
        accepted(await context.client().api.deleteEndpoint({ id: endpointId }));
        context.print({ id: endpointId, removed: true }, [`Removed ${endpointId}.`]);
        return EXIT.done;
      }),
    );
}
