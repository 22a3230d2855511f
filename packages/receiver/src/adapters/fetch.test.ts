import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createReceiver } from "../receive.ts";
import { SECRET, signed, testClock } from "../signed.fixture.ts";
import { fetchHandler } from "./fetch.ts";

const handle = fetchHandler(createReceiver({ secrets: [SECRET], ...testClock() }));

async function request(body?: ReadableStream<Uint8Array>): Promise<Request> {
  const { headers, body: bytes } = await signed();
  const init = { method: "POST", headers, duplex: "half" } as const;
  return new Request("http://receiver.test/webhooks", { ...init, body: body ?? Buffer.from(bytes) });
}

async function parsedBody(response: Response): Promise<void> {
  assert.equal(response.status, 500);
  const { reason, mend } = (await response.json()) as Record<string, string>;
  assert.equal(reason, "parsed_body");
  assert.match(mend ?? "", /arrayBuffer\(\)/);
}

describe("fetchHandler", () => {
  it("answers 500 with the mend when the body was read before", async () => {
    const consumed = await request();
    await consumed.json();
    await parsedBody(await handle(consumed));
    const partly = await request();
    const reader = partly.body?.getReader();
    await reader?.read();
    reader?.releaseLock();
    await parsedBody(await handle(partly));
  });

  it("answers 500 with the mend when somebody else is reading the body", async () => {
    const locked = await request();
    locked.body?.getReader();
    await parsedBody(await handle(locked));
  });

  it("answers 400 when the body breaks off", async () => {
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new Error("connection reset"));
      },
    });
    const response = await handle(await request(broken));
    assert.deepEqual([response.status, await response.json()], [400, { reason: "incomplete_body" }]);
  });

  it("stops reading a body without end, and tells its source", async () => {
    const cancelled = Promise.withResolvers<undefined>();
    let chunks = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        chunks += 1;
        controller.enqueue(new Uint8Array(65_536));
      },
      cancel() {
        cancelled.resolve(undefined);
      },
    });
    assert.equal((await handle(await request(endless))).status, 413);
    await cancelled.promise;
    assert.ok(chunks <= 20, `${chunks} chunks`);
  });
});
