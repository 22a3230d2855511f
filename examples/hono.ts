// A receiver on Hono, here on Node, in a checkout of sameface:
//   SAMEFACE_WEBHOOK_SECRET=whsec_… PORT=3000 node --conditions=@sameface/source examples/hono.ts
import { serve } from "@hono/node-server";
import { createReceiver } from "@sameface/receiver";
import { honoHandler } from "@sameface/receiver/hono";
import { Hono } from "hono";

// Events are remembered in memory here, so a restart forgets them: fine where a handler may run twice.
const receiver = createReceiver({ secrets: [process.env["SAMEFACE_WEBHOOK_SECRET"] ?? ""] })
  .on("passed", (_outcome, event) => {
    console.log(`${event.id} passed`);
  })
  .on("not-passed", (outcome, event) => {
    console.log(`${event.id} ${outcome.kind}`);
  });

const app = new Hono();
app.all("/webhooks", honoHandler(receiver));

serve({ fetch: app.fetch, port: Number(process.env["PORT"] ?? "3000"), hostname: "127.0.0.1" }, ({ port }) => {
  console.log(`listening on http://127.0.0.1:${port}`);
});
