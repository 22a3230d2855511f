import { databaseRoles, migrateData } from "@sameface/server";
import { Command } from "commander";
import type { CommandRunner } from "../command-context.ts";
import { EXIT } from "../exit-codes.ts";
import { readSettings } from "../read-settings.ts";

/** `sameface migrate`: the schema of PostgreSQL, by whoever owns it; servers need no right to change tables then. */
export function migrateCommand(runner: CommandRunner): Command {
  return new Command("migrate")
    .description("bring the schema of the PostgreSQL of SAMEFACE_DATABASE_URL up to date, or print its roles")
    .option("--roles", "print the script that makes the roles of servers and gives each its rights")
    .addHelpText(
      "after",
      "\nA server whose user may not change tables starts on a schema that is up to date.\n" +
        "\nExample:\n  SAMEFACE_DATABASE_URL=postgres://owner@db/sameface sameface migrate\n" +
        "  sameface migrate --roles | psql postgres://owner@db/sameface",
    )
    .action((options: { readonly roles?: true }, command: Command) =>
      runner.run(command, async (context) => {
        if (options.roles === true) {
          const script = databaseRoles();
          context.print({ script }, [script.trimEnd()]);
          return EXIT.done;
        }
        const steps = await migrateData(await readSettings(context.terminal));
        const told = steps.length === 0 ? "The schema was up to date." : `Applied ${steps.join(", ")}.`;
        context.print({ steps }, [told]);
        return EXIT.done;
      }),
    );
}
