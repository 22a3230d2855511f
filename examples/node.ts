// A receiver on Node's own HTTP server, in a checkout of sameface:
//   SAMEFACE_WEBHOOK_SECRET=whsec_… PORT=3000 node --conditions=@sameface/source examples/node.ts
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";
import { createReceiver, createSqliteStore } from "@sameface/receiver";
import { nodeHandler, nodeMac } from "@sameface/receiver/node";

const receiver = createReceiver({
  secrets: [process.env["SAMEFACE_WEBHOOK_SECRET"] ?? ""], // two of them while a secret is rotated
  store: createSqliteStore(new DatabaseSync(process.env["RECEIVED_FILE"] ?? "received.sqlite", { timeout: 5000 })),
  mac: nodeMac,
})
  .on("passed", (outcome, event) => {
    // With secondFactor a pass is not yet a login.
    console.log(`${event.id} passed${outcome.secondFactor ? ", ask for a second factor" : ""}`);
  })
  .on("declined", (outcome, event) => {
    const worn = [outcome.mask ? "mask" : "", outcome.lenses ? "lenses" : "", outcome.other ? "head cover" : ""];
    console.log(`${event.id} declined, take off: ${worn.filter((name) => name !== "").join(", ")}`);
  })
  .on("not-passed", (outcome, event) => {
    console.log(`${event.id} ${outcome.kind}`);
  })
  .onConflict((event) => {
    console.error(`${event.id} came again with another body: somebody should look at both`);
  });

const server = createServer(nodeHandler(receiver));
server.listen(Number(process.env["PORT"] ?? "3000"), process.env["HOST"] ?? "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
