// A process of its own, started by delivery.ts: as small as a receiver may be, so that it is not what is measured.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ReceiverMessage, ReceiverOrder } from "./receiver-messages.ts";

let arrivals: [id: string, atMs: number][] = [];
let wanted = Number.POSITIVE_INFINITY;

const say = (message: ReceiverMessage): void => void process.send?.(message);

const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    response.writeHead(204).end();
    arrivals.push([String(request.headers["webhook-id"]), Date.now()]);
    if (arrivals.length < wanted) return;
    wanted = Number.POSITIVE_INFINITY;
    say({ kind: "reached", arrivals });
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  say({ kind: "listening", port: (server.address() as AddressInfo).port });
});
process.on("message", ({ expect }: ReceiverOrder) => {
  arrivals = [];
  wanted = expect;
  say({ kind: "expecting" });
});
process.on("disconnect", () => {
  process.exit();
});
