import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { picture, type Script } from "./scripted-engine.fixture.ts";
import { startTestServer, type TestServer } from "./test-server.fixture.ts";

describe("the API of customers", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(async () => {
    await server.close();
  });

  const upload = (script: Script, consent: unknown = { reference: "paper 7" }) => ({
    image: picture(script).toString("base64"),
    ...(consent === undefined ? {} : { consent }),
  });
  const put = async (customerId: string, body: unknown) =>
    await server.call(`/v1/customers/${customerId}`, { method: "PUT", body });

  it("answers 201 for a first enrolment, and 200 for a second, which replaces all templates", async () => {
    const first = await put("anna", upload({ face: "anna" }));
    assert.equal(first.status, 201);
    assert.equal(first.body["customerId"], "anna");
    await server.call("/v1/customers/anna/templates", { method: "POST", body: upload({ face: "anna", shot: 2 }) });
    const again = await put("anna", upload({ face: "anna", shot: 3 }));
    assert.equal(again.status, 200);
    const { body } = await server.call("/v1/customers/anna");
    const templates = body["templates"] as { interviewId: string }[];
    assert.deepEqual(
      templates.map((one) => one.interviewId),
      [again.body["interviewId"]],
    );
  });

  it("makes an id for POST", async () => {
    const made = await server.call("/v1/customers", { method: "POST", body: upload({ face: "x" }) });
    assert.equal(made.status, 201);
    assert.match(String(made.body["customerId"]), /^[0-9a-f]{24}$/);
  });

  it("answers 422 consentRequired and stores nothing without a consent reference", async () => {
    for (const consent of [undefined, {}, { reference: "" }, { reference: "  " }, { at: "2026-01-01T00:00:00Z" }]) {
      const body = consent === undefined ? { image: upload({}).image } : upload({ face: "zoe" }, consent);
      const answer = await put("zoe", body);
      assert.equal(answer.status, 422, answer.text);
      assert.equal(answer.body["code"], "consentRequired");
    }
    assert.equal((await server.call("/v1/customers/zoe")).status, 404);
  });

  it("keeps the time of the consent, and refuses one that is none", async () => {
    const kept = await put("timed", upload({}, { reference: "r", at: "2026-01-02T03:04:05+01:00" }));
    assert.equal(kept.status, 201);
    const { body } = await server.call("/v1/customers/timed");
    assert.deepEqual(body["consent"], { reference: "r", at: "2026-01-02T02:04:05.000Z" });
    for (const at of ["yesterday", "2026-13-45T00:00:00Z", 7]) {
      assert.equal((await put("timed", upload({}, { reference: "r", at }))).status, 400);
    }
  });

  const refusals: readonly [code: string, script: Script][] = [
    ["9001", { problem: "no_face" }],
    ["9002", { problem: "multiple_faces" }],
    ["9003", { problem: "decode_timeout" }],
    ["9004", { problem: "pose_out_of_range" }],
    ["spoof", { live: 0.1 }],
    ["mask", { checks: { mask: true } }],
    ["lenses", { checks: { lenses: true } }],
  ];
  for (const [code, script] of refusals) {
    it(`refuses to enrol with 422 ${code} and stores nothing`, async () => {
      const answer = await put("refused", upload(script));
      assert.equal(answer.status, 422);
      assert.equal(answer.body["code"], code);
      assert.equal((await server.call("/v1/customers/refused")).status, 404);
    });
  }

  it("answers 500 with 9500 when a measurement is missing that the policy asks for, never an enrolment", async () => {
    for (const script of [
      { live: null },
      { checks: { mask: "failed" } },
      { problem: "model_failure" },
    ] satisfies Script[]) {
      const answer = await put("refused", upload(script));
      assert.deepEqual([answer.status, answer.body["code"]], [500, "9500"]);
    }
    assert.equal((await server.call("/v1/customers/refused")).status, 404);
  });

  it("answers 503 with Retry-After when every engine process is busy", async () => {
    const answer = await put("busy", upload({ problem: "overloaded" }));
    assert.equal(answer.status, 503);
    assert.equal(answer.body["code"], "overloaded");
    assert.equal(answer.headers.get("retry-after"), "1");
  });

  it("adds a template under the consent that stands, refuses one for nobody, and an eleventh", async () => {
    const add = async (customerId: string, shot: number) =>
      await server.call(`/v1/customers/${customerId}/templates`, {
        method: "POST",
        body: { image: picture({ face: "t", shot }).toString("base64") },
      });
    assert.equal((await add("nobody", 1)).body["code"], "unknownCustomer");
    await put("many", upload({ face: "t" }));
    for (let shot = 2; shot <= 10; shot += 1) assert.equal((await add("many", shot)).status, 201);
    const eleventh = await add("many", 11);
    assert.deepEqual([eleventh.status, eleventh.body["code"]], [409, "tooManyTemplates"]);
  });

  it("takes an enrolment as multipart, consent as JSON or as fields", async () => {
    for (const fields of [{ consent: '{"reference":"form"}' }, { "consent.reference": "form" }]) {
      const form = new FormData();
      form.set("image", new Blob([picture({ face: "form", shot: Object.keys(fields).length })]), "../../etc/passwd");
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      const answer = await put("formed", form);
      assert.ok(answer.status < 300, answer.text);
    }
    const { body } = await server.call("/v1/customers/formed");
    assert.equal((body["consent"] as { reference: string }).reference, "form");
  });

  it("blocks, shows the reason, keeps the block through an enrolment, unblocks", async () => {
    await put("blocked", upload({ face: "b" }));
    const blocked = await server.call("/v1/customers/blocked/block", {
      method: "PUT",
      body: { reason: "<b>lost</b> \u202e" },
    });
    assert.equal((blocked.body["block"] as { reason: string }).reason, "<b>lost</b> \u202e");
    await put("blocked", upload({ face: "b", shot: 2 }));
    const still = await server.authenticate("blocked", { face: "b", shot: 3 });
    assert.equal(still.body["outcome"], "blocklisted");
    assert.equal((await server.call("/v1/customers/blocked/block", { method: "DELETE" })).status, 204);
    assert.equal((await server.authenticate("blocked", { face: "b", shot: 4 })).body["outcome"], "passed");
    assert.equal(
      (await server.call("/v1/customers/nobody/block", { method: "PUT", body: { reason: "x" } })).status,
      404,
    );
    assert.equal((await server.call("/v1/customers/nobody/block", { method: "DELETE" })).status, 404);
  });

  it("counts consecutive failures, and unlock sets them to zero", async () => {
    await put("locked", upload({ face: "l" }));
    await server.authenticate("locked", { face: "m" });
    await server.authenticate("locked", { problem: "no_face" });
    const lock = async () => (await server.call("/v1/customers/locked")).body["lock"];
    assert.deepEqual(await lock(), { consecutiveFailures: 2, state: "open", until: null });
    const unlocked = await server.call("/v1/customers/locked/unlock", { method: "POST" });
    assert.deepEqual(unlocked.body["lock"], { consecutiveFailures: 0, state: "open", until: null });
    assert.equal((await server.call("/v1/customers/nobody/unlock", { method: "POST" })).status, 404);
  });

  it("erases with counts and a receipt, again with nothing left, and the next attempt is an ordinary 4004", async () => {
    await put("gone", upload({ face: "g" }));
    await server.authenticate("gone", { face: "g", shot: 2 });
    const erased = await server.call("/v1/customers/gone", { method: "DELETE" });
    assert.equal(erased.status, 200);
    const counts = Object.values(erased.body["erased"] as Record<string, number>);
    assert.ok(counts.some((count) => count > 0));
    const again = await server.call("/v1/customers/gone", { method: "DELETE" });
    assert.ok(Object.values(again.body["erased"] as Record<string, number>).every((count) => count === 0));
    assert.equal((await server.call("/v1/customers/gone")).status, 404);
    const after = await server.authenticate("gone", { face: "g", shot: 3 });
    const never = await server.authenticate("never", { face: "g", shot: 3 });
    assert.deepEqual(Object.keys(after.body), Object.keys(never.body));
    assert.equal(after.body["outcome"], "unknown-customer");
  });

  it("pages customers by id, and lists those that the present embedder can't judge", async () => {
    const paged = await startTestServer();
    try {
      for (const id of ["c", "a", "b"]) await paged.enrol(id, { face: id });
      const ids: string[] = [];
      let next: unknown = null;
      do {
        const after: string = typeof next === "string" ? `&after=${next}` : "";
        const { body } = await paged.call(`/v1/customers?limit=2${after}`);
        ids.push(...(body["items"] as { customerId: string }[]).map((one) => one.customerId));
        next = body["next"];
      } while (next !== null);
      assert.deepEqual(ids, ["a", "b", "c"]);
      assert.deepEqual((await paged.call("/v1/customers?needsEnrolment=true")).body["items"], []);
    } finally {
      await paged.close();
    }
  });

  it("answers 400 for a cursor of another list, a limit of 0 or 501, an unknown or a repeated parameter", async () => {
    await put("one", upload({ face: "1" }));
    await put("two", upload({ face: "2" }));
    const { body } = await server.call("/v1/customers?limit=1");
    const wrong = await server.call(`/v1/authentications?after=${String(body["next"])}`);
    assert.equal(wrong.body["code"], "invalidCursor");
    for (const query of [
      "after=zzz",
      "limit=0",
      "limit=501",
      "limit=1e1",
      "limit=",
      "offset=3",
      "limit=1&limit=2",
      "after=",
    ]) {
      assert.equal((await server.call(`/v1/customers?${query}`)).status, 400, query);
    }
  });

  it("never answers a template, a digest or a picture", async () => {
    const { text } = await server.call("/v1/customers/one");
    assert.doesNotMatch(text, /sealed|vector|digest|image/i);
  });
});
