// npm run fault-server -- NAME: one fault on loopback, until Ctrl-C; without a name, all of them.
import { SCENARIOS, type Scenario } from "./scenarios.ts";

const TABLE: Readonly<Record<string, Scenario>> = SCENARIOS;
const [name = ""] = process.argv.slice(2);
const scenario = TABLE[name];

if (scenario === undefined) {
  const lines = Object.entries(TABLE).map(([each, { row, tells }]) => `${each.padEnd(24)}${row.padEnd(5)}${tells}\n`);
  process.stdout.write(lines.join(""));
  process.exitCode = name === "" ? 0 : 2;
} else {
  const fault = await scenario.start();
  process.stdout.write(`${scenario.kind === "dns" ? "name server" : "receiver"} at ${fault.at}: ${scenario.tells}\n`);
  // A fault server keeps no process alive by itself; here it is all there is.
  const alive = setInterval(() => undefined, 60_000);
  process.once("SIGINT", () => {
    clearInterval(alive);
    process.stdout.write(`\n${fault.requests()} requests\n`);
    void fault.close();
  });
}
