// npm run fix: regenerates, then lets the linter and the formatter repair what they can.
import { spawned } from "./spawned.ts";
import { REPAIRS } from "./steps.ts";

for (const command of REPAIRS) {
  process.stdout.write(`$ ${command.join(" ")}\n`);
  const { code } = await spawned(command, { echo: true });
  if (code !== 0) process.exitCode = 1;
}
