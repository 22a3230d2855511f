import { Command } from "commander";
import { accepted } from "../api-client.ts";
import type { CommandRunner } from "../command-context.ts";
import { EXIT } from "../exit-codes.ts";
import { readInput } from "../read-input.ts";

interface EnrolOptions {
  readonly consent: string;
  readonly add?: true;
}

/** `sameface customers enrol|show|block|unblock|unlock|erase` */
export function customersCommand(runner: CommandRunner): Command {
  const customers = new Command("customers").description("enrol, look up, block and erase customers");
  customers.addCommand(enrol(runner)).addCommand(show(runner)).addCommand(block(runner));
  customers.addCommand(unblock(runner)).addCommand(unlock(runner)).addCommand(erase(runner));
  return customers;
}

function enrol(runner: CommandRunner): Command {
  return new Command("enrol")
    .description("store a face for a customer; a second time it replaces the first")
    .argument("<customerId>", "1 to 64 letters, digits, _ or -")
    .argument("<picture>", "JPEG, PNG or WebP, at most 8 MB, one bare, live face")
    .requiredOption("--consent <reference>", "where the customer's consent stands, for example a document number")
    .option("--add", "add a further template instead of replacing")
    .addHelpText("after", "\nExample:\n  sameface customers enrol anna anna.jpg --consent contract-17")
    .action((customerId: string, picture: string, options: EnrolOptions, command: Command) =>
      runner.run(command, async (context) => {
        const image = (await readInput(picture)).toString("base64");
        const { api } = context.client();
        const input = { customerId, body: { image, consent: { reference: options.consent } } };
        const answer = accepted(options.add === true ? await api.addTemplate(input) : await api.enrolCustomer(input));
        context.print(answer, [`Enrolled ${customerId} (interview ${answer.interviewId}).`]);
        return EXIT.done;
      }),
    );
}

function show(runner: CommandRunner): Command {
  return new Command("show")
    .description("what is known of a customer; never a template or a picture")
    .argument("<customerId>")
    .addHelpText("after", "\nExample:\n  sameface customers show anna")
    .action((customerId: string, _options: object, command: Command) =>
      runner.run(command, async (context) => {
        const answer = accepted(await context.client().api.readCustomer({ customerId }));
        context.print(
          answer,
          Object.entries(answer).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
        );
        return EXIT.done;
      }),
    );
}

function block(runner: CommandRunner): Command {
  return new Command("block")
    .description("refuse every authentication of a customer (4003)")
    .argument("<customerId>")
    .requiredOption("--reason <text>", "why; shown to operators, never sent")
    .addHelpText("after", '\nExample:\n  sameface customers block anna --reason "reported stolen"')
    .action((customerId: string, options: { readonly reason: string }, command: Command) =>
      runner.run(command, async (context) => {
        const answer = accepted(await context.client().api.blockCustomer({ customerId, body: options }));
        context.print(answer, [`Blocked ${customerId}.`]);
        return EXIT.done;
      }),
    );
}

function unblock(runner: CommandRunner): Command {
  return new Command("unblock")
    .description("lift a block")
    .argument("<customerId>")
    .addHelpText("after", "\nExample:\n  sameface customers unblock anna")
    .action((customerId: string, _options: object, command: Command) =>
      runner.run(command, async (context) => {
        accepted(await context.client().api.unblockCustomer({ customerId }));
        context.print({ customerId, blocked: false }, [`${customerId} is not blocked any more.`]);
        return EXIT.done;
      }),
    );
}

function unlock(runner: CommandRunner): Command {
  return new Command("unlock")
    .description("set a customer's count of failures to zero")
    .argument("<customerId>")
    .addHelpText("after", "\nExample:\n  sameface customers unlock anna")
    .action((customerId: string, _options: object, command: Command) =>
      runner.run(command, async (context) => {
        const answer = accepted(await context.client().api.unlockCustomer({ customerId }));
        context.print(answer, [`${customerId} may try again.`]);
        return EXIT.done;
      }),
    );
}

function erase(runner: CommandRunner): Command {
  return new Command("erase")
    .description("take a customer out of every table; repeatable; prints the receipt")
    .argument("<customerId>")
    .addHelpText("after", "\nExample:\n  sameface customers erase anna")
    .action((customerId: string, _options: object, command: Command) =>
      runner.run(command, async (context) => {
        const answer = accepted(await context.client().api.eraseCustomer({ customerId }));
        context.print(answer, [
          `Erased ${customerId}: ${JSON.stringify(answer.erased)}`,
          `Receipt ${answer.receiptId}`,
        ]);
        return EXIT.done;
      }),
    );
}
