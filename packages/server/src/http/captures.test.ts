import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { createCapture, FACING, openCapture, openWith, readCapture, type TestPage } from "./captures.fixture.ts";
import { picture } from "./scripted-engine.fixture.ts";
import { startTestServer, type TestServer } from "./test-server.fixture.ts";

const ANNA = { face: "anna", ...FACING };

describe("captures", () => {
  let server: TestServer;
  let shots = 1000;

  before(async () => {
    server = await startTestServer({ captureLimits: { floorMs: 1, leftMs: 0, sweepMs: 20 } });
  });
  after(async () => {
    await server.close();
  });
  beforeEach(async () => {
    await server.call("/v1/policy", { method: "PUT", body: { capture: { liveness: "passive" } } });
    assert.ok([200, 201].includes((await server.enrol("anna", { face: "anna", shot: (shots += 1) })).status));
    await server.call("/v1/customers/anna/unlock", { method: "POST" });
    await server.call("/v1/sources/unlock", { method: "POST", body: { source: "127.0.0.1" } });
  });

  const outcomeOf = async (page: TestPage): Promise<readonly unknown[]> => {
    const { body } = await server.call("/v1/authentications", {
      method: "POST",
      body: { captureSessionId: page.id },
    });
    return [body["outcome"] ?? body["errorCode"] ?? body["code"], body["reason"]];
  };

  it("authenticates from three good frames, and answers the caller who asks by the session", async () => {
    const page = await openCapture(server);
    await page.begin();
    assert.equal((await page.show(ANNA, ANNA)).body["state"], "goOn");
    assert.deepEqual(await outcomeOf(page), ["captureIncomplete", undefined]);
    assert.deepEqual((await page.show(ANNA)).body, {
      state: "done",
      ask: null,
      movesDone: 0,
      problem: null,
      triesLeft: null,
    });
    assert.deepEqual(await outcomeOf(page), ["passed", null]);
    const session = await readCapture(server, page);
    const found = await server.call(`/v1/authentications/${String(session["authenticationId"])}`);
    assert.equal(found.body["outcome"], "passed");
    assert.deepEqual([session["status"], session["reason"]], ["done", null]);
    const again = await server.call("/v1/authentications", { method: "POST", body: { captureSessionId: page.id } });
    assert.deepEqual(again.body["notification"], (found.body["event"] as Record<string, unknown>)["notification"]);
  });

  it("enrols after the person agreed, not before, and keeps when that was", async () => {
    const consent = { reference: "form 7", text: "You may keep my face." };
    const page = await openCapture(server, { customerId: "berta", purpose: "enrol", consent });
    assert.equal((await page.begin()).body["code"], "consentRequired");
    const view = await page.call("", undefined, { method: "GET" });
    assert.deepEqual(view.body["consent"], { text: consent.text, agreed: false });
    assert.equal((await page.call("agree")).status, 204);
    await page.begin();
    const berta = { face: "berta", ...FACING };
    assert.equal((await page.show(berta, berta, berta)).body["state"], "done");
    const session = await readCapture(server, page);
    const customer = (await server.call("/v1/customers/berta")).body;
    const kept = session["consent"] as Record<string, unknown>;
    assert.deepEqual(customer["consent"], { reference: "form 7", at: kept["agreedAt"] });
    assert.equal((customer["templates"] as { interviewId: string }[])[0]?.interviewId, session["interviewId"]);
  });

  it("wants a consent reference for an enrolment, a listed return address, and the scope of its purpose", async () => {
    const create = async (body: object, key?: string) =>
      (
        await server.call("/v1/capture-sessions", {
          method: "POST",
          body: { customerId: "anna", purpose: "enrol", ...body },
          ...(key === undefined ? {} : { key }),
        })
      ).body["code"];
    assert.equal(await create({}), "consentRequired");
    assert.equal(await create({ consent: { reference: " " } }), "consentRequired");
    const returnUrls = ["https://shop.example/back"];
    await server.call("/v1/policy", { method: "PUT", body: { capture: { returnUrls } } });
    const consent = { reference: "r" };
    for (const returnUrl of ["https://evil.example/", "https://shop.example/backwards", "javascript:alert(1)"]) {
      assert.equal(await create({ consent, returnUrl }), "refusedReturnUrl", returnUrl);
    }
    assert.equal(await create({ consent, returnUrl: "https://shop.example/back/7?x=1" }), undefined);
    const made = await server.call("/v1/keys", { method: "POST", body: { name: "k", scopes: ["authenticate"] } });
    const key = String(made.body["key"]);
    assert.equal(await create({ consent }, key), "forbidden");
    assert.equal(await create({ purpose: "authenticate" }, key), undefined);
  });

  it("exchanges a link once: a second browser is refused, and so is a guessed secret", async () => {
    const { id, secret } = await createCapture(server);
    assert.equal((await openWith(server, { id, secret: "A".repeat(43) })).body["code"], "captureRefused");
    const opened = await openWith(server, { id, secret });
    const cookie = opened.headers.get("set-cookie") ?? "";
    assert.match(
      cookie,
      new RegExp(`^sameface-capture=.{43}; Path=/capture/sessions/${id}; HttpOnly; SameSite=Strict;`),
    );
    assert.equal((await openWith(server, { id, secret })).body["code"], "captureUsed");
    const other = await server.call(`/capture/sessions/${id}`, { key: null });
    assert.equal(other.body["code"], "captureRefused");
  });

  it("refuses a nonce that is used, foreign or of a frame that was counted", async () => {
    const page = await openCapture(server);
    const nonce = String((await page.begin()).body["nonce"]);
    const image = picture({ ...ANNA, shot: 1 });
    const reasonOf = async (frame: object) => (await page.send({ image, nonce, number: "1", ...frame })).body["reason"];
    assert.equal(await reasonOf({ nonce: "A".repeat(43) }), "unknownNonce");
    assert.equal(await reasonOf({}), undefined);
    assert.equal(await reasonOf({}), "frameOrder");
    await page.begin();
    assert.equal(await reasonOf({ number: "2" }), "usedNonce");
    const elsewhere = await openCapture(server);
    await elsewhere.begin();
    const foreign = await elsewhere.send({ image, nonce, number: "1" });
    assert.equal(foreign.body["reason"], "unknownNonce");
  });

  it("takes no frame after the capture was decided: a nonce decides once", async () => {
    const page = await openCapture(server);
    await page.begin();
    await page.show(ANNA, ANNA, ANNA);
    assert.equal((await page.frame(ANNA)).body["code"], "captureEnded");
    assert.equal((await page.begin()).body["code"], "captureEnded");
    const view = await page.call("", undefined, { method: "GET" });
    assert.equal(view.body["state"], "ended");
  });

  it("decides once where two frames at once would each be the last", async () => {
    const page = await openCapture(server);
    const nonce = String((await page.begin()).body["nonce"]);
    await page.show(ANNA, ANNA);
    const go = server.engine.hold();
    const frames = ["3", "4", "5"].map(
      async (number, at) => await page.send({ image: picture({ ...ANNA, shot: 50 + at }), nonce, number }),
    );
    await Promise.resolve();
    go();
    const codes = (await Promise.all(frames)).map(({ body }) => body["state"] ?? body["code"]);
    assert.deepEqual(codes.filter((code) => code === "done").length, 1, codes.join());
    const { body } = await server.call(`/v1/authentications?customerId=anna&limit=500`);
    const items = body["items"] as { createdAt: string }[];
    const session = await readCapture(server, page);
    const since = items.filter((one) => one.createdAt >= String(session["createdAt"]));
    assert.equal(since.length, 1);
  });

  it("tells what keeps the picture from being good, and decides on the third try all the same", async () => {
    const page = await openCapture(server);
    const expected = [
      ["again", 2],
      ["again", 1],
      ["done", null],
    ];
    for (const [state, left] of expected) {
      await page.begin("file");
      const answer = await page.frame({ problem: "no_face" });
      assert.deepEqual([answer.body["state"], answer.body["triesLeft"]], [state, left]);
      if (state === "again") assert.equal(answer.body["problem"], "noFace");
    }
    assert.deepEqual(await outcomeOf(page), [9001, "no_face"]);
    const session = await readCapture(server, page);
    assert.deepEqual([session["tries"], session["problem"], session["status"]], [3, "noFace", "done"]);
  });

  it("names what is wrong with a frame, the worn before the unclear", async () => {
    const page = await openCapture(server);
    await page.begin();
    const problems = [];
    for (const script of [
      { problem: "multiple_faces" },
      { problem: "face_too_small" },
      { problem: "quality", checks: { mask: true } },
      { checks: { lenses: true } },
      { closed: 0.99 },
      {},
    ] as const) {
      problems.push((await page.frame({ ...ANNA, ...script })).body["problem"]);
    }
    assert.deepEqual(problems, ["moreThanOneFace", "comeCloser", "mask", "lenses", "openEyes", null]);
  });

  it("counts a try that is begun anew, so that there are not as many as anybody likes", async () => {
    const page = await openCapture(server);
    const codes = [];
    for (let n = 0; n < 4; n += 1) {
      codes.push((await page.begin()).body["code"]);
      await page.frame({ problem: "no_face" });
    }
    assert.deepEqual(codes, [undefined, undefined, undefined, "captureEnded"]);
    const session = await readCapture(server, page);
    assert.deepEqual([session["status"], session["reason"]], ["failed", "abandoned"]);
    assert.deepEqual(await outcomeOf(page), ["captureUndecided", "abandoned"]);
  });

  it("takes no file where the policy wants moves, or no file", async () => {
    const page = await openCapture(server);
    const { PUT, path } = { PUT: "PUT", path: "/v1/policy" } as const;
    await server.call(path, { method: PUT, body: { capture: { liveness: "both" } } });
    assert.equal((await page.begin("file")).body["code"], "captureFileRefused");
    await server.call(path, { method: PUT, body: { capture: { liveness: "passive", fileUpload: false } } });
    assert.equal((await page.begin("file")).body["code"], "captureFileRefused");
    await server.call(path, { method: PUT, body: { capture: { fileUpload: true } } });
    assert.equal((await page.begin("file")).body["code"], undefined);
  });

  it("closes a capture that is given up or left, and tells why; a page that comes back goes on", async () => {
    const [one, two, three] = [await openCapture(server), await openCapture(server), await openCapture(server)];
    await one.call("problem", { problem: "cameraRefused" });
    assert.equal((await readCapture(server, one))["problem"], "cameraRefused");
    await one.call("close", { reason: "cameraRefused" });
    assert.equal((await one.call("close", { reason: "cancelled" })).body["code"], "captureEnded");
    await two.call("leave");
    await server.call(`/v1/capture-sessions/${three.id}`, { method: "DELETE" });
    const endOf = async (page: TestPage): Promise<unknown> => {
      for (;;) {
        const { status, reason } = await readCapture(server, page);
        if (status !== "open") return [status, reason];
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    assert.deepEqual(await endOf(one), ["closed", "cameraRefused"]);
    assert.deepEqual(await endOf(two), ["closed", "left"]);
    assert.deepEqual(await endOf(three), ["closed", "cancelledByCaller"]);
    assert.equal((await three.begin()).body["code"], "captureEnded");
  });

  it("tells operators of every end, without the customer", async () => {
    const page = await openCapture(server);
    await page.begin();
    await page.show(ANNA, ANNA, ANNA);
    const { body } = await server.call("/v1/operator-events?limit=500");
    const items = body["items"] as { type: string; data: Record<string, unknown> }[];
    const told = items.filter((one) => one.data["captureSessionId"] === page.id);
    assert.deepEqual(
      told.map((one) => [one.type, one.data["status"], one.data["purpose"]]),
      [["capture.ended", "done", "authenticate"]],
    );
    assert.doesNotMatch(JSON.stringify(told), /anna/);
  });

  it("goes on with another device by a new link, which puts this one out", async () => {
    const page = await openCapture(server);
    const moved = await page.call("hand-over");
    const secret = String(moved.body["url"]).split("#")[1] ?? "";
    assert.equal((await page.call("", undefined, { method: "GET" })).body["code"], "captureRefused");
    assert.equal((await openWith(server, { id: page.id, secret: page.secret })).body["code"], "captureRefused");
    assert.equal((await openWith(server, { id: page.id, secret })).status, 200);
  });

  it("answers the page the same bytes whether the customer passes, is unknown, blocked, locked or somebody else", async () => {
    await server.enrol("blocked", { face: "blocked", shot: 1 });
    await server.call("/v1/customers/blocked/block", { method: "PUT", body: { reason: "r" } });
    const claims = [
      ["anna", "anna"],
      ["nobody", "anna"],
      ["blocked", "anna"],
      ["anna", "eve"],
      ["nobody", "anna"],
      ["nobody", "anna"],
      // The source is locked by now: told once, and then kept quiet.
      ["anna", "anna"],
      ["anna", "anna"],
    ] as const;
    const outcomes: unknown[] = [];
    const answers = new Set<string>();
    for (const [customerId, face] of claims) {
      const page = await openCapture(server, { customerId });
      await page.begin();
      const last = await page.show({ ...ANNA, face }, { ...ANNA, face }, { ...ANNA, face });
      outcomes.push((await outcomeOf(page))[0]);
      answers.add(JSON.stringify([last.status, last.text, [...last.headers.keys()]]));
    }
    const once = ["passed", "unknown-customer", "blocklisted", "not-recognized"];
    assert.deepEqual(outcomes, [...once, "unknown-customer", "unknown-customer", 9005, "captureUndecided"]);
    assert.equal(answers.size, 1, [...answers].join("\n"));
  });

  it("refuses a frame that was decided on before, byte for byte, as 4005 replayed", async () => {
    const show = async (): Promise<TestPage> => {
      const page = await openCapture(server);
      const nonce = String((await page.begin()).body["nonce"]);
      for (const number of ["1", "2", "3"]) {
        await page.send({ image: picture({ ...ANNA, shot: 70 + Number(number) }), nonce, number });
      }
      return page;
    };
    assert.deepEqual(await outcomeOf(await show()), ["passed", null]);
    assert.deepEqual(await outcomeOf(await show()), ["spoof", "replayed"]);
  });

  it("refuses the same bytes of a call only where the policy says so, and never what could not be judged", async () => {
    const send = async (script: object) => {
      const { body } = await server.authenticate("anna", { face: "anna", shot: 500, ...script });
      return [body["outcome"] ?? body["errorCode"], body["reason"]];
    };
    assert.deepEqual(
      [await send({}), await send({})],
      [
        ["passed", null],
        ["passed", null],
      ],
    );
    await server.call("/v1/policy", { method: "PUT", body: { replayedPictures: "all" } });
    assert.deepEqual(
      [await send({}), await send({})],
      [
        ["passed", null],
        ["spoof", "replayed"],
      ],
    );
    const unfit = { shot: 501, problem: "no_face" };
    assert.deepEqual(
      [await send(unfit), await send(unfit)],
      [
        [9001, "no_face"],
        [9001, "no_face"],
      ],
    );
    await server.call("/v1/policy", { method: "PUT", body: { replayedPictures: "captures" } });
  });
});
