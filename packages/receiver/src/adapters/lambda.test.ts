import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createReceiver } from "../receive.ts";
import { ID, SECRET, signed, testClock, utf8 } from "../signed.fixture.ts";
import { type LambdaEvent, lambdaHandler } from "./lambda.ts";

const handle = lambdaHandler(createReceiver({ secrets: [SECRET], ...testClock() }));
const POST = { requestContext: { http: { method: "POST" } } } as const;

async function statusOf(event: LambdaEvent): Promise<number> {
  return (await handle(event)).statusCode;
}

describe("lambdaHandler", () => {
  it("takes a body as text and in base64 for the same bytes, beyond ASCII too", async () => {
    const body = utf8('{"customerId":"Zoë 😀","overallStatus":"FAIL"}');
    const { headers } = await signed({ body });
    assert.equal(await statusOf({ ...POST, headers, body: Buffer.from(body).toString() }), 204);
    const base64 = { headers, body: Buffer.from(body).toString("base64"), isBase64Encoded: true };
    assert.equal(await statusOf({ ...POST, ...base64 }), 204);
    assert.equal(await statusOf({ ...POST, ...base64, isBase64Encoded: false }), 401);
  });

  it("refuses a header that came twice, which 1.0 tells by multiValueHeaders alone", async () => {
    const { body, headers } = await signed();
    const event = { httpMethod: "POST", headers, body: Buffer.from(body).toString() };
    const twice = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
    assert.equal(await statusOf({ ...event, multiValueHeaders: twice }), 204);
    assert.equal(await statusOf({ ...event, multiValueHeaders: { ...twice, "webhook-id": [ID, ID] } }), 400);
    assert.equal(await statusOf({ ...event, multiValueHeaders: null }), 204);
  });

  it("answers 400 to an event without headers or body, and 500 with the mend where a stand-in parsed the body", async () => {
    assert.equal(await statusOf({ ...POST, headers: null, body: null }), 400);
    assert.equal(await statusOf({ ...POST }), 400);
    const parsed = { ...POST, body: { parsed: true } as unknown as string };
    const { statusCode, body } = await handle(parsed);
    assert.equal(statusCode, 500);
    assert.match(body, /isBase64Encoded/);
  });

  it("answers in the form that API Gateway wants", async () => {
    assert.deepEqual(await handle({ requestContext: { http: { method: "GET" } } }), {
      statusCode: 405,
      headers: { "content-type": "application/json", allow: "POST" },
      body: '{"reason":"method_not_allowed"}',
      isBase64Encoded: false,
    });
  });
});
