import assert from "node:assert/strict";
import { once } from "node:events";
import { Readable } from "node:stream";
import { describe, it } from "node:test";
import { createReceiver } from "../receive.ts";
import { SECRET, signed, testClock } from "../signed.fixture.ts";
import { nextPage, nextRoute } from "./next.ts";

const receiver = createReceiver({ secrets: [SECRET], ...testClock() });

describe("nextRoute", () => {
  it("exports POST alone, and answers 500 with the mend when the body was read before", async () => {
    const route = nextRoute(receiver);
    assert.deepEqual(Object.keys(route), ["POST"]);
    const { body, headers } = await signed();
    const request = new Request("http://next.test/", { method: "POST", headers, body: Buffer.from(body) });
    await request.text();
    assert.equal((await route.POST(request)).status, 500);
  });
});

describe("nextPage", () => {
  it("answers 500 with the mend where Next parsed the body, since bodyParser false was forgotten", async () => {
    const { body, headers } = await signed();
    const written: unknown[] = [];
    const request = Object.assign(Readable.from([Buffer.from(body)]), { method: "POST", headers });
    request.resume();
    await once(request, "end");
    const parsed = Object.assign(request, { body: JSON.parse(Buffer.from(body).toString()) as unknown });
    await nextPage(receiver)(parsed, {
      headersSent: false,
      writeHead: (status) => written.push(status),
      end: (text) => written.push(text),
    });
    assert.equal(written[0], 500);
    assert.match(String(written[1]), /bodyParser false/);
  });
});
