import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { createReceiver } from "@sameface/receiver";
import { devFaces, hasDevFaces, pictureOf } from "./support/dev-faces.ts";
import { type RecordingReceiver, startRecordingReceiver } from "./support/recording-receiver.ts";
import { type Answer, type ServerProcess, startServerProcess, temporaryFolder } from "./support/server-process.ts";

const skip = hasDevFaces() ? false : "skipped: faces missing, 10 cases";
const REPOSITORY = path.resolve(import.meta.dirname, "..");
const KEY = "walk-test-key-walk-test-key-walk-test-key";

/** The ten steps as the map tells them: this walk takes the same, so neither can leave one out. */
const STEPS: readonly string[] = [
  ...readFileSync(path.join(REPOSITORY, "ARCHITECTURE.md"), "utf8").matchAll(/^(\d+)\. (.+)$/gm),
].map(([, n, text]) => `${n}. ${text}`);

function step(number: number): string {
  const title = STEPS[number - 1];
  if (title?.startsWith(`${number}. `) !== true) assert.fail(`ARCHITECTURE.md has no step ${number}`);
  return title;
}

describe("one authentication, in ten steps", { skip }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let receiver: RecordingReceiver;
  let server: ServerProcess;
  let secret: string;
  let passed: Answer;

  before(async () => {
    assert.equal(STEPS.length, 10);
    folder = await temporaryFolder();
    receiver = await startRecordingReceiver();
    server = await startServerProcess({ folder: folder.path, key: KEY });
    const endpoint = await server.call("/v1/endpoints", { method: "POST", body: { url: receiver.url } });
    secret = String(endpoint.body["secret"]);
    await server.call("/v1/policy", { method: "PUT", body: { checks: { lenses: "off", headCover: "off" } } });
  });

  after(async () => {
    await server.stop();
    await receiver.close();
    await folder[Symbol.asyncDispose]();
  });

  /** Two pictures of one person in different sessions. */
  function person(identity: string): readonly [string, string] {
    const faces = devFaces("pairs").filter((face) => face.identity === identity);
    const again = faces.find((face) => face.session !== faces[0]?.session) ?? faces[1];
    assert.ok(faces[0] && again);
    return [pictureOf(faces[0].path), pictureOf(again.path)];
  }

  const authenticate = (customerId: string, image: string): Promise<Answer> =>
    server.call("/v1/authentications", { method: "POST", body: { customerId, image } });

  it(step(1), async () => {
    const answer = await server.call("/v1/authentications", {
      method: "POST",
      body: { customerId: "anna", faceMatch: true },
    });
    assert.equal(answer.status, 400);
    assert.equal(answer.headers.get("content-type")?.startsWith("application/problem+json"), true);
  });

  it(step(2), async () => {
    const [image] = person("nuaa_0004");
    assert.equal((await authenticate("anna", image)).body["outcome"], "unknown-customer");
    const body = { image, consent: { reference: "walk" } };
    assert.equal((await server.call("/v1/customers/anna", { method: "PUT", body })).status, 201);
    await server.call("/v1/customers/anna/block", { method: "PUT", body: { reason: "walk" } });
    assert.equal((await authenticate("anna", image)).body["outcome"], "blocklisted");
    await server.call("/v1/customers/anna/block", { method: "DELETE" });
  });

  it(step(3), async () => {
    passed = await authenticate("anna", person("nuaa_0004")[1]);
    const timings = Object.keys(passed.body["timings"] as object);
    for (const stage of ["decode", "detect", "embed", "liveness"]) assert.ok(timings.includes(stage), stage);
  });

  it(step(4), async () => {
    assert.equal(passed.body["outcome"], "passed");
    assert.equal((await authenticate("anna", person("nuaa_0007")[0])).body["outcome"], "not-recognized");
  });

  it(step(5), () => {
    const golden: unknown = JSON.parse(
      readFileSync(path.join(REPOSITORY, "packages/contract/payloads/passed.json"), "utf8"),
    );
    assert.deepEqual(Object.keys(passed.body["notification"] as object), Object.keys(golden as object));
  });

  it(step(6), async () => {
    const stored = await server.call(`/v1/authentications/${String(passed.body["id"])}`);
    assert.equal((stored.body["deliveries"] as unknown[]).length, 1);
    assert.equal((stored.body["event"] as Record<string, unknown>)["id"], passed.body["eventId"]);
  });

  it(step(7), async () => {
    const answer = await authenticate("nobody", person("nuaa_0004")[0]);
    await server.stop("SIGKILL");
    server = await startServerProcess({ folder: folder.path, key: KEY });
    const stored = await server.call(`/v1/authentications/${String(answer.body["id"])}`);
    assert.equal(stored.body["outcome"], "unknown-customer");
  });

  it(step(8), async () => {
    const eventId = String(passed.body["eventId"]);
    await receiver.until((requests) => requests.some((request) => request.id === eventId));
    const request = receiver.requests.find(({ id }) => id === eventId);
    assert.deepEqual(JSON.parse(request?.body.toString() ?? ""), passed.body["notification"]);
    assert.match(request?.headers["webhook-signature"] ?? "", /v1,.+ v1a,|v1a,.+ v1,/);
  });

  it(step(9), async () => {
    const request = receiver.requests.find(({ id }) => id === passed.body["eventId"]);
    assert.ok(request);
    const seen: string[] = [];
    const library = createReceiver({ secrets: [secret] }).on("passed", (outcome) => {
      seen.push(outcome.customerId);
    });
    assert.equal((await library.receive({ body: new Uint8Array(request.body), headers: request.headers })).status, 204);
    const again = await library.receive({ body: new Uint8Array(request.body), headers: request.headers });
    assert.deepEqual([again.result.kind, seen], ["duplicate", ["anna"]]);
  });

  it(step(10), async () => {
    const eventId = String(passed.body["eventId"]);
    const feed = await server.call("/v1/events");
    assert.ok((feed.body["items"] as { id: string }[]).some((event) => event.id === eventId));
    const stored = await server.call(`/v1/authentications/${String(passed.body["id"])}`);
    const [delivery] = stored.body["deliveries"] as { id: string }[];
    const before = receiver.requests.length;
    assert.equal(
      (await server.call(`/v1/deliveries/${delivery?.id ?? ""}/retry`, { method: "POST" })).status < 300,
      true,
    );
    await receiver.until((requests) => requests.slice(before).some((request) => request.id === eventId));
    const sent = receiver.requests.filter(({ id }) => id === eventId).map(({ body }) => body.toString());
    assert.equal(new Set(sent).size, 1);
  });
});
