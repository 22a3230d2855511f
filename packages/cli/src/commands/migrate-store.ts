import { moveData } from "@sameface/server";
import { Command } from "commander";
import type { CommandRunner } from "../command-context.ts";
import { EXIT } from "../exit-codes.ts";
import { readSettings } from "../read-settings.ts";

/** `sameface migrate-store`: from the data folder's SQLite to PostgreSQL, while no server runs. */
export function migrateStoreCommand(runner: CommandRunner): Command {
  return new Command("migrate-store")
    .description("move everything from SQLite in the data folder to the PostgreSQL of SAMEFACE_DATABASE_URL")
    .addHelpText(
      "after",
      "\nStop the server first. One transaction, each row read back and compared; the old file stays, renamed.\n" +
        "\nExample:\n  SAMEFACE_DATABASE_URL=postgres://sameface@db/sameface sameface migrate-store",
    )
    .action((_options: object, command: Command) =>
      runner.run(command, async (context) => {
        const config = await readSettings(context.terminal);
        const tables = await moveData({
          config,
          onTable: ({ table, rows }) => {
            context.terminal.progress(`${table}: ${rows}`);
          },
        });
        const rows = tables.reduce((sum, moved) => sum + moved.rows, 0);
        context.print({ rows, tables }, [
          `Moved ${rows} rows of ${tables.length} tables; each was read back and is the same.`,
          `Start the server with SAMEFACE_DATABASE_URL, and with the master key of before (${config.data}.key or SAMEFACE_MASTER_KEY).`,
          "The SQLite file stays as sameface.moved.db: delete it when you are content.",
        ]);
        return EXIT.done;
      }),
    );
}
