import { restoreData } from "@sameface/server";
import { Command } from "commander";
import type { CommandRunner } from "../command-context.ts";
import { EXIT } from "../exit-codes.ts";
import { readSettings } from "../read-settings.ts";

/** `sameface restore FILE`: while no server runs. */
export function restoreCommand(runner: CommandRunner): Command {
  return new Command("restore")
    .description(
      "put a backup into the data folder or PostgreSQL; whoever was erased since it was made is erased again",
    )
    .argument("<file>")
    .option("--replace", "in place of the database that stands there")
    .addHelpText("after", "\nExample:\n  sameface restore /backups/sameface-monday.db --replace")
    .action((file: string, options: { readonly replace?: true }, command: Command) =>
      runner.run(command, async (context) => {
        const config = await readSettings(context.terminal);
        const { erasedAgain } = await restoreData({ config, file, replace: options.replace === true });
        const target = config.databaseUrl === undefined ? config.data : "PostgreSQL";
        context.print({ file, erasedAgain }, [
          `Restored ${file} into ${target}. Customers erased again: ${erasedAgain}.`,
          "API keys revoked and customers blocked since the backup are not so any more: look through both.",
        ]);
        return EXIT.done;
      }),
    );
}
