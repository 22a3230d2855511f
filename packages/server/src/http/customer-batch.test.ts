import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { picture } from "./scripted-engine.fixture.ts";
import { startTestServer, type TestServer } from "./test-server.fixture.ts";

interface Line {
  readonly line: number;
  readonly customerId: string | null;
  readonly result: string;
  readonly interviewId: string | null;
  readonly code: string | null;
}

describe("POST /v1/customers:batch", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(async () => {
    await server.close();
  });

  const line = (customerId: string, face: string): string =>
    JSON.stringify({ customerId, image: picture({ face }).toString("base64"), consent: { reference: "b" } });
  const send = async (body: string): Promise<Line[]> => {
    const headers = { "content-type": "application/x-ndjson" };
    const answer = await server.call("/v1/customers:batch", { method: "POST", body, headers });
    assert.equal(answer.status, 200, answer.text);
    return answer.text
      .trim()
      .split("\n")
      .map((one) => JSON.parse(one) as Line);
  };

  it("answers a line each, in order; a refused line stops no other", async () => {
    const noFace = JSON.stringify({
      customerId: "noface",
      image: picture({ problem: "no_face" }).toString("base64"),
      consent: { reference: "b" },
    });
    const noConsent = JSON.stringify({ customerId: "noconsent", image: picture({}).toString("base64") });
    const unknownField = JSON.stringify({ customerId: "extra", image: "AAAA", tenantId: "other" });
    const lines = await send([line("a", "a"), noFace, "{", "", noConsent, unknownField, line("b", "b")].join("\n"));
    assert.deepEqual(
      lines.map(({ line: number, customerId, result, code }) => [number, customerId, result, code]),
      [
        [1, "a", "created", null],
        [2, "noface", "refused", "9001"],
        [3, null, "refused", "malformedJson"],
        [5, "noconsent", "refused", "consentRequired"],
        [6, "extra", "refused", "validation"],
        [7, "b", "created", null],
      ],
    );
    assert.equal((await server.call("/v1/customers/b")).status, 200);
  });

  it("is resumable: what is enrolled with the same picture is unchanged and is not inspected again", async () => {
    const body = [line("r1", "r1"), line("r2", "r2")].join("\n");
    const first = await send(body);
    const before = server.engine.inspected();
    const second = await send(`${body}\n${line("r3", "r3")}\n`);
    assert.deepEqual(
      second.map((one) => one.result),
      ["unchanged", "unchanged", "created"],
    );
    assert.deepEqual(
      second.slice(0, 2).map((one) => one.interviewId),
      first.map((one) => one.interviewId),
    );
    assert.equal(server.engine.inspected(), before + 1);
    assert.equal((await send(line("r1", "another")))[0]?.result, "replaced");
  });

  it("refuses JSON that is no lines", async () => {
    const answer = await server.call("/v1/customers:batch", { method: "POST", body: {} });
    assert.equal(answer.status, 415);
  });
});
