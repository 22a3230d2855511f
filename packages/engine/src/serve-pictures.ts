import type { Duplex } from "node:stream";
import { EngineError } from "./engine-error.ts";
import { createFrameReader, encodeFrame, type Frame, writeFrame } from "./framing.ts";
import { confineDecoder } from "./image/decode.ts";
import { inspectPicture } from "./inspect-picture.ts";
import { canReach } from "./loopback-probe.ts";
import type { ChildMessage, InspectMessage, ParentMessage, StartMessage } from "./messages.ts";
import { unpackModels } from "./model-parcel.ts";
import { MODEL_ROLES } from "./model-table.ts";
import { type Models, openModels } from "./models.ts";
import { encodeInspected } from "./reply.ts";
import { loadRuntime } from "./runtime.ts";

// The parent is trusted and has checked the size of the picture; the prefix of a frame can say no more than this.
const REQUEST_LIMITS = { maxHeadBytes: 0xffff_ffff, maxBodyBytes: 0xffff_ffff };

interface Serving {
  readonly start: StartMessage;
  readonly models: Models;
}

/**
 * The child's side of the pipe: becomes ready when told to start, then answers one picture after the other.
 * The process is to end when `channel` closes; that is the caller's care.
 */
export function servePictures(channel: Duplex): void {
  const reader = createFrameReader(REQUEST_LIMITS);
  let serving: Serving | null = null;
  let waiting = 0;
  const answer = async ({ head, body }: Frame): Promise<void> => {
    // The one border where the parent's word is taken: both ends are built from the same messages.ts.
    const message = head as ParentMessage;
    if (message.type === "start")
      serving = await becomeReady(channel, { start: message, body, isWanted: () => waiting > 0 });
    else if (serving !== null) await answerPicture(channel, { ...serving, message, bytes: body });
  };
  let turn = Promise.resolve();
  channel.on("data", (chunk: Uint8Array) => {
    for (const frame of reader.push(chunk) ?? []) {
      waiting += 1;
      turn = turn.then(async () => {
        waiting -= 1;
        await answer(frame);
      });
    }
  });
}

async function becomeReady(
  channel: Duplex,
  {
    start,
    body,
    isWanted,
  }: { readonly start: StartMessage; readonly body: Uint8Array; readonly isWanted: () => boolean },
): Promise<Serving | null> {
  confineDecoder();
  try {
    const runtime = await loadRuntime(start.runtime);
    const [models, reachable] = await Promise.all([
      openModels(unpackModels({ lengths: start.modelLengths, bytes: body }), { table: start.models, runtime }),
      canReach(start.probePort),
    ]);
    // Fifteen megabytes that the runtime has copied; an idle child's garbage collector would leave them lying.
    if (body.buffer instanceof ArrayBuffer) body.buffer.transfer(0);
    tell(channel, { type: "ready", runtime: { name: runtime.name, version: runtime.version }, reachable });
    await warmUp(models, isWanted);
    return { start, models };
  } catch (error) {
    const code = error instanceof EngineError ? error.code : "startFailed";
    tell(channel, { type: "failed", code, message: error instanceof Error ? error.message : String(error) });
    return null;
  }
}

/**
 * Has each model run once on black: a first run sets memory aside and takes twice as long. Done after `ready`, and only
 * until a picture is waiting, whose own runs do as much.
 */
async function warmUp(models: Models, isWanted: () => boolean): Promise<void> {
  for (const role of MODEL_ROLES) {
    if (isWanted()) return;
    const { width, height, mean } = models.table[role].preprocessing;
    // What black is called by a model is of no interest; a model that fails will fail the picture, by name.
    await models[role].run(new Uint8Array(width * height * mean.length)).catch(() => undefined);
  }
}

async function answerPicture(
  channel: Duplex,
  { start, models, message, bytes }: Serving & { readonly message: InspectMessage; readonly bytes: Uint8Array },
): Promise<void> {
  const { id, format, purpose, eyes, headCover } = message;
  const measured = await inspectPicture(bytes, {
    format,
    purpose,
    eyes,
    headCover,
    models,
    limits: start.limits,
    gates: start.gates,
    onHeader: (facts) => {
      tell(channel, { type: "header", id, ...facts });
    },
    onDecoded: () => {
      tell(channel, { type: "decoded", id });
    },
  });
  writeFrame(channel, encodeInspected(id, measured));
  bytes.fill(0);
}

function tell(channel: Duplex, message: ChildMessage): void {
  writeFrame(channel, encodeFrame(message));
}
