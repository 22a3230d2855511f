import { createTerminal } from "./create-terminal.ts";
import { runProgram } from "./program.ts";

process.exitCode = await runProgram(createTerminal(), process.argv.slice(2));
