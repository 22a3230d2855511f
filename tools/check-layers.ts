// Judges the imports of the tree by the MAY table of layers.ts.
import { judgeLayers } from "./judge-layers.ts";
import { ROOT } from "./root.ts";

const { complaints, modules } = await judgeLayers(ROOT);
for (const complaint of complaints) process.stdout.write(`${complaint}\n`);
process.stdout.write(`${modules} modules, ${complaints.length} refused\n`);
process.exitCode = complaints.length === 0 ? 0 : 1;
