import assert from "node:assert/strict";
import { picture, type Script } from "./scripted-engine.fixture.ts";
import type { TestAnswer, TestServer } from "./test-server.fixture.ts";

/** A browser at the capture page: what it holds, and what it calls. */
export interface TestPage {
  readonly id: string;
  readonly secret: string;
  readonly cookie: string;
  call(name: string, body?: unknown, more?: { readonly method?: string }): Promise<TestAnswer>;
  /** Begins a try. */
  begin(source?: "camera" | "file"): Promise<TestAnswer>;
  /** The next frame of the try that was begun last. */
  frame(script: Script): Promise<TestAnswer>;
  /** A frame as it stands. */
  send(frame: { readonly image: Buffer; readonly nonce: string; readonly number: string }): Promise<TestAnswer>;
  /** Frames until the answer is another than `goOn`. */
  show(...scripts: readonly Script[]): Promise<TestAnswer>;
}

/** Somebody straight before the camera, in the light. */
export const FACING = { yaw: 1, closed: 0.05, live: 0.9 } as const;

export async function createCapture(server: TestServer, body: object = {}): Promise<{ id: string; secret: string }> {
  const whole = { customerId: "anna", purpose: "authenticate", ...body };
  const made = await server.call("/v1/capture-sessions", { method: "POST", body: whole });
  assert.equal(made.status, 201, made.text);
  const [link = "", secret = ""] = String(made.body["url"]).split("#");
  const id = String(made.body["id"]);
  assert.equal(link, `https://faces.example/capture?session=${id}`);
  return { id, secret };
}

/** Opens a capture as a browser does. */
export async function openCapture(server: TestServer, body: object = {}): Promise<TestPage> {
  const { id, secret } = await createCapture(server, body);
  const opened = await openWith(server, { id, secret });
  assert.equal(opened.status, 200, opened.text);
  return pageOf(server, { id, secret, cookie: cookieOf(opened) });
}

export async function openWith(
  server: TestServer,
  { id, secret }: { id: string; secret: string },
): Promise<TestAnswer> {
  return await server.call(`/capture/sessions/${id}/open`, { method: "POST", body: { secret }, key: null });
}

function cookieOf(opened: TestAnswer): string {
  return (opened.headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";
}

function pageOf(
  server: TestServer,
  { id, secret, cookie }: { readonly id: string; readonly secret: string; readonly cookie: string },
): TestPage {
  let nonce = "";
  let number = 0;
  // No two frames of any page are alike, as before a camera.
  let shot = Number.parseInt(id.slice(0, 10), 16);
  const call: TestPage["call"] = async (name, body, { method = "POST" } = {}) => {
    const path = `/capture/sessions/${id}${name === "" ? "" : `/${name}`}`;
    return await server.call(path, { method, key: null, headers: { cookie }, ...(body === undefined ? {} : { body }) });
  };
  const send: TestPage["send"] = async ({ image, ...rest }) =>
    await call("frames", { ...rest, image: image.toString("base64") });
  const page: TestPage = {
    id,
    secret,
    cookie,
    call,
    send,
    begin: async (source = "camera") => {
      const begun = await call("begin", { source });
      nonce = String(begun.body["nonce"]);
      number = 0;
      return begun;
    },
    frame: async (script) => {
      shot += 1;
      number += 1;
      return await send({ image: picture({ shot, ...script }), nonce, number: String(number) });
    },
    show: async (...scripts) => {
      let last: TestAnswer | null = null;
      for (const script of scripts) {
        last = await page.frame(script);
        if (last.body["state"] !== "goOn") break;
      }
      assert.ok(last !== null);
      return last;
    },
  };
  return page;
}

/** What the back end is told of a session. */
export async function readCapture(
  server: TestServer,
  { id }: { readonly id: string },
): Promise<Record<string, unknown>> {
  return (await server.call(`/v1/capture-sessions/${id}`)).body;
}
