import { drawFace } from "@sameface/engine";
import sharp from "sharp";
import { type RecordingReceiver, startRecordingReceiver } from "./recording-receiver.ts";
import { type ServerProcess, startServerProcess, temporaryFolder } from "./server-process.ts";

/** A real server in which something of everything happened; its faces are drawn by code, nobody's. */
export interface SeededServer extends AsyncDisposable {
  readonly server: ServerProcess;
  readonly receiver: RecordingReceiver;
  /** Endpoints by what they are for. */
  readonly endpoints: Readonly<Record<"good" | "refused", string>>;
  /** A delivery that was given up. */
  readonly deadDelivery: string;
  /** Ids of authentications, by outcome. */
  readonly authentications: Readonly<Record<string, string>>;
  /** A key that only reads. */
  readonly viewerKey: string;
}

type Draw = Parameters<typeof drawFace>[1] & { readonly person: number };

/** Base64 of a drawn face as JPEG. */
export async function drawnPicture({ person, ...options }: Draw): Promise<string> {
  const jpeg = await sharp(Buffer.from(drawFace(person, options)))
    .jpeg({ quality: 92 })
    .toBuffer();
  return jpeg.toString("base64");
}

/** Measured with our engine: person 12 is itself on both takes, 10 is somebody else, 8 reads as an attack. */
const ENROLLED: Draw = { person: 12, take: 0 };
const ATTEMPTS: readonly (readonly [customerId: string, picture: Draw])[] = [
  ["anna", { person: 12, take: 1 }],
  ["anna", { person: 10 }],
  ["nobody", { person: 12, take: 1 }],
  ["bert", { person: 12, take: 1 }],
  ["anna", { person: 8 }],
  ["anna", { person: 12, wears: "lenses" }],
  ["anna", { person: 12, wears: "mask" }],
];

/** @param texts what strangers write, put into every field that takes a text */
export async function startSeededServer(texts: Readonly<Record<string, string>> = {}): Promise<SeededServer> {
  const folder = await temporaryFolder();
  const receiver = await startRecordingReceiver();
  const server = await startServerProcess({ folder: folder.path, env: { SAMEFACE_RETRY_SCHEDULE: "1,1" } });
  const post = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
    const answer = await server.call(path, { method: "POST", body });
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const good = await post("/v1/endpoints", { url: receiver.url, description: texts["description"] ?? "The shop" });
  // Nobody listens there.
  const refused = await post("/v1/endpoints", { url: "http://127.0.0.1:1025/hook", description: "Closed port" });
  const consent = { reference: texts["consent"] ?? "form 7, signed 2026-01-05" };
  const image = await drawnPicture(ENROLLED);
  for (const customerId of ["anna", "bert"]) {
    await server.call(`/v1/customers/${customerId}`, { method: "PUT", body: { image, consent } });
  }
  await server.call("/v1/customers/bert/block", { method: "PUT", body: { reason: texts["reason"] ?? "card stolen" } });
  const authentications: Record<string, string> = {};
  for (const [customerId, picture] of ATTEMPTS) {
    const body = await post("/v1/authentications", { customerId, image: await drawnPicture(picture) });
    authentications[String(body["outcome"])] = String(body["id"]);
  }
  const scopes = ["customers:read", "endpoints:read", "events:read", "audit:read"];
  const viewer = await post("/v1/keys", { name: texts["keyName"] ?? "wall screen", scopes });
  const deadDelivery = await untilDead(server);
  await receiver.until((requests) => requests.length >= ATTEMPTS.length);
  return {
    server,
    receiver,
    endpoints: { good: String(good["id"]), refused: String(refused["id"]) },
    deadDelivery,
    authentications,
    viewerKey: String(viewer["key"]),
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await receiver.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Asked again until the last retry of the first is over. */
async function untilDead(server: ServerProcess): Promise<string> {
  const patience = AbortSignal.timeout(30_000);
  for (;;) {
    patience.throwIfAborted();
    const { body } = await server.call("/v1/deliveries?status=dead&limit=1");
    const [dead] = body["items"] as readonly { readonly id: string }[];
    if (dead !== undefined) return dead.id;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
