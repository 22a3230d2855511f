// A receiver on Fastify, in a checkout of sameface:
//   SAMEFACE_WEBHOOK_SECRET=whsec_… PORT=3000 node --conditions=@sameface/source examples/fastify.ts
import { createReceiver } from "@sameface/receiver";
import { fastifyReceiver } from "@sameface/receiver/fastify";
import { fastify } from "fastify";

// Events are remembered in memory here, so a restart forgets them: fine where a handler may run twice.
const receiver = createReceiver({ secrets: [process.env["SAMEFACE_WEBHOOK_SECRET"] ?? ""] })
  .on("passed", (_outcome, event) => {
    console.log(`${event.id} passed`);
  })
  .on("not-passed", (outcome, event) => {
    console.log(`${event.id} ${outcome.kind}`);
  });

const app = fastify();
await app.register(fastifyReceiver(receiver, { path: "/webhooks" }));
console.log(`listening on ${await app.listen({ port: Number(process.env["PORT"] ?? "3000"), host: "127.0.0.1" })}`);
