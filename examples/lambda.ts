// A receiver on AWS Lambda, behind API Gateway or a function URL: `handler` is all there is to deploy. Below it a server
// that makes events of requests as a function URL does, so that it runs in a checkout of sameface:
//   SAMEFACE_WEBHOOK_SECRET=whsec_… PORT=3000 node --conditions=@sameface/source examples/lambda.ts
import { serve } from "@hono/node-server";
import { createReceiver } from "@sameface/receiver";
import { lambdaHandler } from "@sameface/receiver/lambda";

// One machine's memory forgets what another took: in production hand in a store, such as createPostgresStore(pool).
const receiver = createReceiver({ secrets: [process.env["SAMEFACE_WEBHOOK_SECRET"] ?? ""] })
  .on("passed", (_outcome, event) => {
    console.log(`${event.id} passed`);
  })
  .on("not-passed", (outcome, event) => {
    console.log(`${event.id} ${outcome.kind}`);
  });

export const handler = lambdaHandler(receiver);

async function asFunctionUrl(request: Request): Promise<Response> {
  const bytes = Buffer.from(await request.arrayBuffer());
  const { statusCode, headers, body } = await handler({
    requestContext: { http: { method: request.method } },
    headers: Object.fromEntries(request.headers),
    body: bytes.toString("base64"),
    isBase64Encoded: true,
  });
  return new Response(statusCode === 204 ? null : body, { status: statusCode, headers });
}

serve({ fetch: asFunctionUrl, port: Number(process.env["PORT"] ?? "3000"), hostname: "127.0.0.1" }, ({ port }) => {
  console.log(`listening on http://127.0.0.1:${port}`);
});
