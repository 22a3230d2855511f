import { Command } from "commander";
import { accepted } from "../api-client.ts";
import type { CommandRunner } from "../command-context.ts";
import { EXIT } from "../exit-codes.ts";

interface Page {
  readonly customer: object;
  readonly authentications: readonly { readonly id: string; readonly picture: object | null }[];
  readonly next: string | null;
}

/** `sameface export ID`: what the law lets a customer ask for. */
export function exportCommand(runner: CommandRunner): Command {
  return new Command("export")
    .description(
      "all that is kept of a customer, templates aside: JSON lines, the customer first, pictures where any are kept; audited",
    )
    .argument("<customerId>")
    .addHelpText("after", "\nExample:\n  sameface export anna > anna.jsonl")
    .action((customerId: string, _options: object, command: Command) =>
      runner.run(command, async (context) => {
        const { api } = context.client();
        let after: string | null = null;
        do {
          const input = { customerId, limit: "500", ...(after === null ? {} : { after }) };
          const page: Page = accepted(await api.exportCustomer(input));
          const lines = after === null ? [{ customer: page.customer }] : [];
          for (const line of [...lines, ...page.authentications]) context.terminal.out(JSON.stringify(line));
          for (const { id, picture } of page.authentications) {
            if (picture === null) continue;
            const kept = await api.readPicture({ id });
            // Its time may have come since the page was read.
            if (kept.ok) context.terminal.out(JSON.stringify({ picture: accepted(kept) }));
          }
          after = page.next;
        } while (after !== null);
        return EXIT.done;
      }),
    );
}
