import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { devFaces, hasDevFaces, pictureOf, TEST_DATA } from "../support/dev-faces.ts";
import { type Answer, type ServerProcess, startServerProcess, temporaryFolder } from "../support/server-process.ts";

const skip = hasDevFaces() ? false : "skipped: faces missing, 20 cases";

describe("bad input through the API", { skip }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: ServerProcess;

  before(async () => {
    folder = await temporaryFolder();
    server = await startServerProcess({ folder: folder.path });
    const face = devFaces("pairs").find((f) => f.identity === "nuaa_0004");
    assert.ok(face);
    const policy = await server.call("/v1/policy");
    await server.call("/v1/policy", {
      method: "PUT",
      body: { ...policy.body, checks: { lenses: "off", headCover: "off" } },
    });
    const enrolled = await server.call("/v1/customers/anna", {
      method: "PUT",
      body: { image: pictureOf(face.path), consent: { reference: "test" } },
    });
    assert.equal(enrolled.status, 201);
  });

  after(async () => {
    await server.stop();
    await folder[Symbol.asyncDispose]();
  });

  const authenticate = (image: string): Promise<Answer> =>
    server.call("/v1/authentications", { method: "POST", body: { customerId: "anna", image } });

  const raw = async (body: string | Uint8Array, contentType = "application/json"): Promise<number> => {
    const response = await fetch(new URL("/v1/authentications", server.url), {
      method: "POST",
      headers: { authorization: `Bearer ${server.key}`, "content-type": contentType },
      body: typeof body === "string" ? body : Buffer.from(body),
    });
    await response.arrayBuffer();
    return response.status;
  };

  it("answers 422 with 9003 for a text file named .jpg", async () => {
    const answer = await authenticate(Buffer.from("this is no picture\n").toString("base64"));
    assert.equal(answer.status, 422);
    assert.match(JSON.stringify(answer.body), /9003/);
    assert.equal(typeof answer.body["authenticationId"], "string");
  });

  it("answers 400 for an empty picture, and 413 for 8 MB and a byte", async () => {
    assert.equal((await authenticate("")).status, 400);
    assert.equal((await authenticate(Buffer.alloc(8_000_001, 1).toString("base64"))).status, 413);
  });

  it("answers 400 for broken JSON, unknown fields, wrong types and duplicate keys", async () => {
    assert.equal(await raw("{"), 400);
    assert.equal(await raw(JSON.stringify({ customerId: "anna", image: "AAAA", overallStatus: "PASS" })), 400);
    assert.equal(await raw(JSON.stringify({ customerId: 7, image: "AAAA" })), 400);
    assert.equal(await raw(JSON.stringify(["anna"])), 400);
    assert.equal(await raw('{"customerId":"anna","customerId":"bert","image":"AAAA"}'), 400);
    assert.equal(await raw(JSON.stringify({ customerId: "anna", image: "not base64!" })), 400);
    assert.equal(await raw("x", "text/plain"), 415);
  });

  it("judges every bomb by its code and never by 500, and answers another request within 1 s", async () => {
    const bombs = [
      "scan-bomb-12mpx.jpg",
      "scan-bomb-25mpx.jpg",
      "progressive-16k.jpg",
      "flat-16k.png",
      "truncated-60.jpg",
      "scan-edge-101.jpg",
    ];
    for (const bomb of bombs) {
      const file = path.join(TEST_DATA, "corpora/images/bombs", bomb);
      assert.ok(existsSync(file));
      const judged = authenticate(readFileSync(file).toString("base64"));
      const started = performance.now();
      assert.equal((await server.call("/v1/customers/anna")).status, 200);
      assert.ok(performance.now() - started < 1000, `${bomb} held another request`);
      const answer = await judged;
      assert.equal(answer.status, 422, bomb);
      assert.match(JSON.stringify(answer.body), /9003/, bomb);
    }
  });

  it("answers 9001 for pictures without a face that decode only within the limits", async () => {
    for (const bomb of ["huge-exif.jpg", "scan-edge-100.jpg"]) {
      const file = path.join(TEST_DATA, "corpora/images/bombs", bomb);
      const answer = await authenticate(readFileSync(file).toString("base64"));
      assert.equal(answer.status, 422, bomb);
      assert.match(JSON.stringify(answer.body), /9001/, bomb);
    }
  });

  it("answers 401 without a key and 404 for an unknown route", async () => {
    assert.equal((await fetch(new URL("/v1/customers/anna", server.url))).status, 401);
    assert.equal((await server.call("/v1/nothing")).status, 404);
  });
});
