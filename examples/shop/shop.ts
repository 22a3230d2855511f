// A web shop whose customers log in by showing their face, on Node alone; how to start it: README.md beside this file.
// The browser is sent to the capture page of sameface and comes back; whether it may enter, the webhook says.
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createApiClient } from "@sameface/contract/client";
import { createReceiver } from "@sameface/receiver";
import { nodeHandler } from "@sameface/receiver/node";

/** What came of a browser's try: `stepUp` is a pass that demands a second factor before it opens anything. */
type Progress = "waiting" | "signedIn" | "stepUp" | "refused" | "enrolled" | "over";

/** One browser that was sent to the camera. */
interface Visit {
  readonly customerId: string;
  readonly purpose: "authenticate" | "enrol";
  readonly captureSessionId: string;
  progress: Progress;
}

const TEXTS: Readonly<Record<Progress, string>> = {
  waiting: "One moment",
  signedIn: "Welcome back",
  stepUp: "It is you. Now your second factor, please",
  refused: "That did not work. Try again, or log in with your password",
  enrolled: "Your face is set up",
  over: "Nothing was decided. Try again, or log in with your password",
};
const CONSENT = "I agree that this shop keeps a template of my face, to log me in, until I delete it in my account.";
const COOKIE = "shop-visit";

const faces = createApiClient({
  url: process.env["SAMEFACE_URL"] ?? "http://127.0.0.1:8080",
  key: process.env["SAMEFACE_KEY"],
});
/** By the cookie of the browser; a shop has its session store here. */
const visits = new Map<string, Visit>();

const receiver = createReceiver({ secrets: [process.env["SAMEFACE_WEBHOOK_SECRET"] ?? ""] })
  .on("passed", async (outcome, event) => {
    await settle(outcome.customerId, event.id, outcome.secondFactor ? "stepUp" : "signedIn");
  })
  .on("not-passed", async (outcome, event) => {
    await settle(outcome.customerId, event.id, "refused");
  });

/**
 * An event names the customer, not the browser: somebody else may have asked for the same customer at the same time. Whose
 * event it is the server knows by the capture session. What throws here is sent again.
 */
async function settle(customerId: string, eventId: string, progress: Progress): Promise<void> {
  for (const visit of visits.values()) {
    if (visit.customerId !== customerId || visit.progress !== "waiting" || visit.purpose !== "authenticate") continue;
    const decided = await faces.authenticate({ body: { captureSessionId: visit.captureSessionId } });
    // 409: the other browser has not shown its face yet.
    if (!decided.ok && decided.status !== 409 && decided.status !== 422) throw new Error(decided.problem.code);
    const decidedBy = decided.ok ? decided.body.eventId : decided.problem.eventId;
    if (decidedBy === eventId) visit.progress = progress;
  }
}

/** Before this a real shop asks for a password, or is logged in: a face is never the only factor. */
async function sendToCamera(
  purpose: Visit["purpose"],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const customerId = (await formOf(request)).get("customer") ?? "";
  if (!/^[a-z\d-]{1,40}$/.test(customerId)) {
    show(response, 400, "A customer has letters, digits and hyphens.");
    return;
  }
  const made = await faces.createCaptureSession({
    body: {
      customerId,
      purpose,
      returnUrl: `http://${request.headers.host ?? ""}/back`,
      ...(purpose === "enrol" ? { consent: { reference: `shop-terms-7/${customerId}`, text: CONSENT } } : {}),
    },
  });
  if (!made.ok) {
    console.error(`no capture: ${made.problem.code}`);
    show(response, 502, TEXTS.over);
    return;
  }
  const visitId = randomBytes(16).toString("base64url");
  visits.set(visitId, { customerId, purpose, captureSessionId: made.body.id, progress: "waiting" });
  const cookie = `${COOKIE}=${visitId}; HttpOnly; SameSite=Lax; Path=/; Max-Age=600`;
  response.writeHead(303, { location: made.body.url, "set-cookie": cookie }).end();
}

/** Where the capture page leads back to; it asks again until the webhook is there. */
async function showProgress(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const visit = visits.get(new RegExp(`${COOKIE}=([\\w-]+)`).exec(request.headers.cookie ?? "")?.[1] ?? "");
  if (visit === undefined) {
    response.writeHead(303, { location: "/" }).end();
    return;
  }
  const session = visit.progress === "waiting" ? await faces.readCaptureSession({ id: visit.captureSessionId }) : null;
  if (session?.ok === true) {
    const { status, purpose } = session.body;
    if (status === "done" && purpose === "enrol") visit.progress = "enrolled";
    if (["failed", "closed", "expired"].includes(status)) visit.progress = "over";
  }
  const again = visit.progress === "waiting" ? '<meta http-equiv="refresh" content="1">' : "";
  show(response, 200, `${again}${TEXTS[visit.progress]}, ${visit.customerId}.`);
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text = `${text}${String(chunk)}`.slice(0, 1000);
  return new URLSearchParams(text);
}

function show(response: ServerResponse, status: number, text: string): void {
  const form = (to: string, label: string): string =>
    `<form method="post" action="${to}"><input name="customer" aria-label="Customer" required><button>${label}</button></form>`;
  response.writeHead(status, { "content-type": "text/html; charset=utf-8" });
  response.end(
    `<!doctype html><html lang="en"><title>shop</title><h1>Shop</h1><p role="status">${text}</p>${form("/login", "Log in with my face")}${form("/join", "Set up my face")}`,
  );
}

const takeWebhook = nodeHandler(receiver);
const ROUTES: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => unknown>> = {
  "GET /": (_request, response) => {
    show(response, 200, "You are not logged in.");
  },
  "POST /login": async (request, response) => {
    await sendToCamera("authenticate", request, response);
  },
  "POST /join": async (request, response) => {
    await sendToCamera("enrol", request, response);
  },
  "GET /back": showProgress,
  "POST /webhooks": takeWebhook,
};

const server = createServer((request, response) => {
  const route = ROUTES[`${request.method ?? ""} ${new URL(request.url ?? "/", "http://shop").pathname}`];
  if (route === undefined) {
    response.writeHead(404).end();
    return;
  }
  Promise.resolve(route(request, response)).catch((error: unknown) => {
    console.error(error);
    response.destroy();
  });
});
server.listen(Number(process.env["PORT"] ?? "3000"), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
