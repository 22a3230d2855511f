import { Command } from "commander";
import type { CommandRunner } from "../command-context.ts";
import { serve } from "../serve.ts";

/** `sameface serve`: the server, until Ctrl-C or SIGTERM. Settings come from the environment and sameface.config.json. */
export function serveCommand(runner: CommandRunner): Command {
  return new Command("serve")
    .description("start the server; settings: SAMEFACE_… or sameface.config.json, see docs/reference/config.md")
    .addHelpText("after", "\nExample:\n  SAMEFACE_PORT=9000 sameface serve")
    .action((_options: object, command: Command) => runner.run(command, (context) => serve(context.terminal)));
}
