// npm run bench -- TOPIC [--json]: one topic's figures; ratios first. With --json one object on standard output.
import { parseArgs } from "node:util";
import type { Bench } from "./bench.ts";
import { deliveryBench } from "./delivery.ts";
import { engineBench } from "./engine.ts";
import { receiverBench } from "./receiver.ts";
import { storeBench } from "./store.ts";

const TOPICS: Readonly<Record<string, Bench>> = {
  engine: engineBench,
  delivery: deliveryBench,
  receiver: receiverBench,
  store: storeBench,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean", default: false } },
});
const [name = ""] = positionals;
const topic = TOPICS[name];
if (topic === undefined) {
  process.stderr.write(`which topic? ${Object.keys(TOPICS).join(", ")}\n`);
  process.exitCode = 2;
} else {
  const { figures, lines } = await topic((line) => void process.stderr.write(`${line}\n`));
  process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : `${lines.join("\n")}\n`);
}
