// A receiver for whatever speaks web Request and Response. In Deno, Bun and workers `handle` is all there is to serve:
//   Deno.serve(handle) · Bun.serve({ fetch: handle }) · export default { fetch: handle }
// Node has no such server, so here Node's own hands it web requests. In a checkout of sameface:
//   SAMEFACE_WEBHOOK_SECRET=whsec_… PORT=3000 node --conditions=@sameface/source examples/fetch.ts
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { createReceiver } from "@sameface/receiver";
import { fetchHandler } from "@sameface/receiver/fetch";

// Events are remembered in memory here, so a restart forgets them: fine where a handler may run twice.
const receiver = createReceiver({ secrets: [process.env["SAMEFACE_WEBHOOK_SECRET"] ?? ""] })
  .on("passed", (_outcome, event) => {
    console.log(`${event.id} passed`);
  })
  .on("not-passed", (outcome, event) => {
    console.log(`${event.id} ${outcome.kind}`);
  });

const handle = fetchHandler(receiver);

function toRequest(message: IncomingMessage): Request {
  const { method = "GET", url = "/" } = message;
  const headers = Object.entries(message.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const body = method === "GET" || method === "HEAD" ? null : (Readable.toWeb(message) as ReadableStream<Uint8Array>);
  return new Request(new URL(url, "http://127.0.0.1"), { method, headers, body, duplex: "half" });
}

const server = createServer((message, reply) => {
  void handle(toRequest(message)).then(async (response) => {
    reply.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
  });
});
server.listen(Number(process.env["PORT"] ?? "3000"), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
