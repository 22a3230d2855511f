// A receiver on Express, in a checkout of sameface:
//   SAMEFACE_WEBHOOK_SECRET=whsec_… PORT=3000 node --conditions=@sameface/source examples/express.ts
import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";
import { createReceiver, createSqliteStore } from "@sameface/receiver";
import { expressHandler } from "@sameface/receiver/express";
import { nodeMac } from "@sameface/receiver/node";
import express from "express";

const receiver = createReceiver({
  secrets: [process.env["SAMEFACE_WEBHOOK_SECRET"] ?? ""],
  store: createSqliteStore(new DatabaseSync(process.env["RECEIVED_FILE"] ?? "received.sqlite", { timeout: 5000 })),
  mac: nodeMac,
  acknowledge: "stored", // the sender is answered before the handlers run, for those that take long
})
  .on("passed", (_outcome, event) => {
    console.log(`${event.id} passed`);
  })
  .on("not-passed", (outcome, event) => {
    console.log(`${event.id} ${outcome.kind}`);
  });

await receiver.drain(); // what a crash left

const app = express();
app.all("/webhooks", expressHandler(receiver)); // before express.json(), which would take the raw bytes away
app.use(express.json());

const server = app.listen(Number(process.env["PORT"] ?? "3000"), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
