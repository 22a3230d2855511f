// A route of Next's App Router. In an application this part is the file app/webhooks/route.ts; below it a server that calls
// the route as Next does, so that it runs in a checkout of sameface without Next:
//   SAMEFACE_WEBHOOK_SECRET=whsec_… PORT=3000 node --conditions=@sameface/source examples/next.ts
// With the Pages Router: export const config = { api: { bodyParser: false } }; export default nextPage(receiver);
import { serve } from "@hono/node-server";
import { createReceiver } from "@sameface/receiver";
import { nextRoute } from "@sameface/receiver/next";

// Events are remembered in memory here, so a restart forgets them: fine where a handler may run twice.
const receiver = createReceiver({ secrets: [process.env["SAMEFACE_WEBHOOK_SECRET"] ?? ""] })
  .on("passed", (_outcome, event) => {
    console.log(`${event.id} passed`);
  })
  .on("not-passed", (outcome, event) => {
    console.log(`${event.id} ${outcome.kind}`);
  });

export const { POST } = nextRoute(receiver);

const asNextDoes = async (request: Request): Promise<Response> =>
  request.method === "POST" ? await POST(request) : new Response(null, { status: 405 });

serve({ fetch: asNextDoes, port: Number(process.env["PORT"] ?? "3000"), hostname: "127.0.0.1" }, ({ port }) => {
  console.log(`listening on http://127.0.0.1:${port}`);
});
