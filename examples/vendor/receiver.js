// A receiver as it was written for the vendor's "Authentication Webhook 1:1", years ago: it knows nothing of sameface, checks
// one header, and answers 200 with JSON, since the vendor sends again whatever is answered otherwise. It stays as it is when
// the sender changes: docs/guides/leave-the-vendor-webhook.md.
//   WEBHOOK_SECRET=… PORT=3000 node examples/vendor/receiver.js
import { createServer } from "node:http";

async function readJson(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
}

const server = createServer(async (request, response) => {
  if (request.headers["x-webhook-secret"] !== process.env["WEBHOOK_SECRET"]) {
    response.writeHead(401).end();
    return;
  }
  const body = await readJson(request);
  if (body.overallStatus === "PASS" && body.faceMatch && !body.spoofAttempt) {
    console.log(`${body.customerId} let in`);
  } else {
    console.log(`${body.customerId} kept out: ${body.errorCode ?? "not bare"}`);
  }
  response.writeHead(200, { "content-type": "application/json" }).end("{}");
});
server.listen(Number(process.env["PORT"] ?? "3000"), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
