import { type Camera, type CameraProblem, openCamera, pause, type Shot, shotOfFile } from "./camera.ts";
import type { CaptureClient, FrameReply, Reply, SessionView } from "./capture-client.ts";
import { frameProblem } from "./judge-frame.ts";
import type { Action, Screens, Stage } from "./screens.ts";
import type { FrameState } from "./tell-parent.ts";
import { problemKey, type TextKey, textOf } from "./texts.ts";

/** What a capture works with. */
export interface FlowParts {
  readonly client: CaptureClient;
  readonly screens: Screens;
  readonly view: SessionView;
  readonly devices: MediaDevices | undefined;
  /** Called with the end; nothing can be done after it. */
  readonly tell: (state: FrameState) => void;
  /** Leaves the page for an address. */
  readonly go: (url: string) => void;
}

/** Codes after which a session is over for this page. */
const OVER: Readonly<Record<string, TextKey>> = {
  captureEnded: "endedTitle",
  captureRefused: "badLinkTitle",
  captureUsed: "usedTitle",
  // A link that lost a part of itself.
  validation: "badLinkTitle",
  notFound: "badLinkTitle",
};
const RETURN_AFTER_MS = 1_500;
const BETWEEN_SHOTS_MS = 120;
const AGAIN_AFTER_MS = 1_000;
/** Frames that show nothing are held back, but not for ever: the server has to learn that nobody is seen. */
const MOST_HELD_BACK = 8;
const MOST_LOST = 8;

/** Leads a person from consent to the end. */
export async function runFlow(parts: FlowParts): Promise<void> {
  const { view } = parts;
  if (view.state === "ended") {
    showOver(parts, "captureEnded");
  } else if (view.consent !== null && !view.consent.agreed) askConsent(parts);
  else showReady(parts);
  await Promise.resolve();
}

/** A session that is over, whichever way. */
export function showOver({ screens, tell }: Pick<FlowParts, "screens" | "tell">, code: string): void {
  const title = OVER[code] ?? "endedTitle";
  const text = title.replace("Title", "Text") as TextKey;
  screens.message({ title, text, sign: "bad", actions: [] });
  tell("ended");
}

function askConsent(parts: FlowParts): void {
  const { screens, client, view } = parts;
  const agree = async (): Promise<void> => {
    const reply = await client.agree();
    if (reply.kind === "ok") showReady(parts);
    else showRefused(parts, reply, () => void agree());
  };
  const text = view.consent?.text ?? null;
  screens.message({
    title: "consentTitle",
    ...(text === null ? { text: "consentText" } : { verbatim: text }),
    sign: "face",
    actions: [
      { label: "agree", act: () => void agree() },
      { label: "disagree", kind: "quiet", act: () => void giveUp(parts, "cancelled") },
    ],
  });
}

function showReady(parts: FlowParts): void {
  const { screens, view } = parts;
  const moves: TextKey[] = view.liveness === "passive" ? [] : ["tipMoves"];
  screens.message({
    title: "readyTitle",
    text: view.purpose === "enrol" ? "readyEnrol" : "readyAuthenticate",
    tips: ["tipLight", "tipBare", "tipAlone", ...moves],
    sign: "face",
    actions: [{ label: "start", act: () => void startCamera(parts) }, ...otherWays(parts)],
  });
}

/** What else there is but the camera of this device. */
function otherWays(parts: FlowParts): readonly Action[] {
  const file: Action = {
    label: "useFile",
    kind: "plain",
    act: () => {
      pickFile(parts);
    },
  };
  return [
    ...(parts.view.fileUpload ? [file] : []),
    { label: "otherDevice", kind: "plain", act: () => void handOver(parts) },
    { label: "cancel", kind: "quiet", act: () => void giveUp(parts, "cancelled") },
  ];
}

async function startCamera(parts: FlowParts): Promise<void> {
  const { screens, client, devices } = parts;
  screens.message({ title: "allowCamera", sign: "wait", actions: [] });
  const camera = await openCamera(devices);
  if (typeof camera === "string") {
    await client.problem(camera);
    showCameraProblem(parts, camera);
    return;
  }
  const running = { over: false };
  const stop = (): void => {
    running.over = true;
    camera.stop();
  };
  camera.onEnded(() => {
    if (running.over) return;
    stop();
    void client.problem("cameraBusy");
    showCameraProblem(parts, "cameraBusy");
  });
  const cancel = (): void => {
    stop();
    void giveUp(parts, "cancelled");
  };
  const stage = screens.stage(camera.stream, [{ label: "cancel", kind: "quiet", act: cancel }]);
  await shootUntilOver(parts, { camera, stage, running });
  stop();
}

function showCameraProblem(parts: FlowParts, problem: CameraProblem): void {
  const title: TextKey = `${problem}Title`;
  const actions = [{ label: "tryAgain", act: () => void startCamera(parts) } as const, ...otherWays(parts)];
  parts.screens.message({ title, text: `${problem}Text`, sign: "bad", actions });
}

interface Shooting {
  readonly camera: Camera;
  readonly stage: Stage;
  readonly running: { readonly over: boolean };
}

async function shootUntilOver(parts: FlowParts, { camera, stage, running }: Shooting): Promise<void> {
  const begun = await parts.client.begin("camera");
  if (begun.kind !== "ok") {
    showRefused(parts, begun, () => void startCamera(parts));
    return;
  }
  const { nonce, moves } = begun.body;
  stage.progress(0, moves);
  for (let number = 1; !running.over; number += 1) {
    const shot = await nextShot(parts, { camera, stage, running });
    if (shot === null) return;
    const reply = await sendPatiently(parts.client, { image: shot.image, nonce, number });
    if (isOver(running)) return;
    if (reply.kind !== "ok") {
      showRefused(parts, reply, () => void startCamera(parts));
      return;
    }
    if (reply.body.state !== "goOn") {
      showEnd(parts, reply.body);
      return;
    }
    stage.progress(reply.body.movesDone, moves);
    direct(parts, stage, reply.body);
    await pause(BETWEEN_SHOTS_MS);
  }
}

/** The next frame worth sending, or what there is after a while; `null`: it is over. */
async function nextShot({ screens }: FlowParts, { camera, stage, running }: Shooting): Promise<Shot | null> {
  let held = 0;
  while (!running.over) {
    const shot = await camera.shoot(stage.video);
    const problem = shot === null ? null : frameProblem(shot.quality, shot);
    if (shot !== null && (problem === null || held >= MOST_HELD_BACK)) return shot;
    if (problem !== null) {
      stage.say(textOf(screens.language, problem), "mend");
      held += 1;
    }
    await pause(BETWEEN_SHOTS_MS);
  }
  return null;
}

/** Sends a frame again while the server is busy or out of reach. */
async function sendPatiently(
  client: CaptureClient,
  frame: Parameters<CaptureClient["frame"]>[0],
): Promise<Reply<FrameReply>> {
  for (let lost = 0; ; lost += 1) {
    const reply = await client.frame(frame);
    const passes = reply.kind === "offline" || (reply.kind === "refused" && WORTH_WAITING.has(reply.code));
    if (!passes || lost >= MOST_LOST) return reply;
    await pause(AGAIN_AFTER_MS);
  }
}

/** A cancel may have come while a frame was on its way. */
function isOver(running: { readonly over: boolean }): boolean {
  return running.over;
}

const WORTH_WAITING: ReadonlySet<string> = new Set(["overloaded", "stillRunning", "storeUnavailable", "notReady"]);

/** Says what to do now. */
function direct({ screens }: FlowParts, stage: Stage, { ask, problem, movesDone }: FrameReply): void {
  const { language } = screens;
  if (problem !== null) stage.say(textOf(language, problemKey(problem)), "mend");
  else if (ask !== null && ask !== "centre") stage.say(textOf(language, ask), "ask");
  else stage.say(textOf(language, movesDone > 0 ? "backToCentre" : "holdStill"), "good");
}

function pickFile(parts: FlowParts): void {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = "image/*";
  // A phone offers its own camera.
  input.setAttribute("capture", "user");
  input.addEventListener("change", () => {
    const [file] = input.files ?? [];
    if (file !== undefined) void sendFile(parts, file);
  });
  input.click();
}

async function sendFile(parts: FlowParts, file: Blob): Promise<void> {
  const { screens, client } = parts;
  screens.message({ title: "sending", sign: "wait", actions: [] });
  const shot = await shotOfFile(file);
  const problem = shot === null ? "notUsable" : frameProblem(shot.quality, shot);
  if (shot === null || problem !== null) {
    showAgain(parts, { problem: problem ?? "notUsable", triesLeft: null });
    return;
  }
  const reply = await sendOnce(client, shot);
  if (reply.kind === "ok") showEnd(parts, reply.body);
  else showRefused(parts, reply, () => void sendFile(parts, file));
}

async function sendOnce(client: CaptureClient, shot: Shot): Promise<Reply<FrameReply>> {
  const begun = await client.begin("file");
  if (begun.kind !== "ok") return begun;
  return await client.frame({ image: shot.image, nonce: begun.body.nonce, number: 1 });
}

function showEnd(parts: FlowParts, reply: FrameReply): void {
  const { screens, tell, view, go } = parts;
  const { returnUrl } = view;
  if (reply.state === "again" || reply.state === "goOn") {
    showAgain(parts, reply);
    return;
  }
  const done = reply.state === "done";
  const back =
    returnUrl === null
      ? []
      : [
          {
            label: "goBack",
            act: () => {
              go(returnUrl);
            },
          } as const,
        ];
  const text = done ? (returnUrl === null ? "doneText" : "doneReturn") : "failedText";
  screens.message({ title: done ? "doneTitle" : "failedTitle", text, sign: done ? "good" : "bad", actions: back });
  tell(done ? "done" : "failed");
  if (done && returnUrl !== null) {
    void pause(RETURN_AFTER_MS).then(() => {
      go(returnUrl);
    });
  }
}

function showAgain(parts: FlowParts, reply: Pick<FrameReply, "problem" | "triesLeft">): void {
  const { screens } = parts;
  const { problem, triesLeft } = reply;
  const { language } = screens;
  const left = triesLeft === 1 ? textOf(language, "oneTryLeft") : textOf(language, "triesLeft", { n: triesLeft ?? 0 });
  screens.message({
    title: "againTitle",
    text: problemKey(problem ?? "unclear"),
    ...(triesLeft === null ? {} : { note: left }),
    sign: "bad",
    actions: [{ label: "tryAgain", act: () => void startCamera(parts) }, ...otherWays(parts)],
  });
}

function showRefused(parts: FlowParts, reply: Exclude<Reply<unknown>, { kind: "ok" }>, again: () => void): void {
  if (reply.kind === "refused" && reply.code in OVER) {
    showOver(parts, reply.code);
    return;
  }
  // The node that held the frames is gone: what was sent is lost, and a further try begins anew.
  if (reply.kind === "refused" && reply.code === "captureNonceRefused") {
    showAgain(parts, { problem: "abandoned", triesLeft: null });
    return;
  }
  const actions = [{ label: "tryAgain", act: again } as const];
  parts.screens.message({ title: "offlineTitle", text: "offlineText", sign: "bad", actions });
}

async function giveUp({ client, screens, tell, view, go }: FlowParts, reason: string): Promise<void> {
  await client.close(reason);
  const { returnUrl } = view;
  const actions =
    returnUrl === null
      ? []
      : [
          {
            label: "goBack",
            act: () => {
              go(returnUrl);
            },
          } as const,
        ];
  screens.message({ title: "cancelledTitle", text: "cancelledText", sign: "bad", actions });
  tell("cancelled");
}

async function handOver(parts: FlowParts): Promise<void> {
  const { client, screens, tell } = parts;
  const reply = await client.handOver();
  if (reply.kind !== "ok") {
    showRefused(parts, reply, () => void handOver(parts));
    return;
  }
  const { url } = reply.body;
  const copy = (): void => {
    void navigator.clipboard.writeText(url).then(() => {
      show(textOf(screens.language, "copied"));
    });
  };
  const show = (note?: string): void => {
    screens.message({
      title: "movedTitle",
      text: "movedText",
      verbatim: url,
      ...(note === undefined ? {} : { note }),
      sign: "good",
      actions: [{ label: "copy", act: copy }],
    });
  };
  show();
  tell("moved");
}
