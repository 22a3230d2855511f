import { backUpData } from "@sameface/server";
import { Command } from "commander";
import type { CommandRunner } from "../command-context.ts";
import { EXIT } from "../exit-codes.ts";
import { readSettings } from "../read-settings.ts";

/** `sameface backup FILE`: by the server's settings, on its host with SQLite; the server goes on. */
export function backupCommand(runner: CommandRunner): Command {
  return new Command("backup")
    .description(
      "write the database into one new file, also while servers run, PostgreSQL's by pg_dump; never the master key",
    )
    .argument("<file>", "must not exist yet")
    .addHelpText("after", "\nExample:\n  sameface backup /backups/sameface-monday.db")
    .action((file: string, _options: object, command: Command) =>
      runner.run(command, async (context) => {
        await backUpData({ config: await readSettings(context.terminal), file });
        context.print({ file }, [`Wrote ${file}. It opens with the master key alone, which is not in it.`]);
        return EXIT.done;
      }),
    );
}
