import "../kit/tokens.css";
import "../kit/base.css";
import "./capture.css";
import { type CaptureClient, createCaptureClient, type Reply, type SessionView } from "./capture-client.ts";
import { runFlow, showOver } from "./capture-flow.ts";
import { createScreens, type Screens } from "./screens.ts";
import { type FrameState, tellParent } from "./tell-parent.ts";
import { chooseLanguage } from "./texts.ts";

const root = document.querySelector<HTMLElement>("#capture");
if (root !== null) void start(createScreens(root, chooseLanguage(navigator.languages)));

async function start(screens: Screens): Promise<void> {
  screens.message({ title: "loading", sign: "wait", actions: [] });
  const sessionId = new URLSearchParams(location.search).get("session");
  const secret = location.hash.slice(1);
  // Nobody who looks at the address or the history later finds a secret there.
  history.replaceState(null, "", location.pathname + location.search);
  if (sessionId === null) {
    showOver({ screens, tell: () => undefined }, "captureRefused");
    return;
  }
  const client = createCaptureClient(sessionId, globalThis.fetch.bind(globalThis));
  const reply = await enter(client, secret);
  if (reply.kind === "ok") await follow(screens, { client, view: reply.body });
  else if (reply.kind === "refused") showOver({ screens, tell: () => undefined }, reply.code);
  else {
    const again = (): void => {
      location.hash = secret;
      location.reload();
    };
    screens.message({
      title: "offlineTitle",
      text: "offlineText",
      sign: "bad",
      actions: [{ label: "tryAgain", act: again }],
    });
  }
}

/** The secret of the link, or the cookie of a page that was loaded again. */
async function enter(client: CaptureClient, secret: string): Promise<Reply<SessionView>> {
  if (secret === "") return await client.view();
  const opened = await client.open(secret);
  if (opened.kind !== "refused") return opened;
  const known = await client.view();
  return known.kind === "ok" ? known : opened;
}

async function follow(
  screens: Screens,
  { client, view }: { readonly client: CaptureClient; readonly view: SessionView },
): Promise<void> {
  let over = view.state === "ended";
  const tell = (state: FrameState): void => {
    over ||= state !== "ready";
    tellParent(globalThis.window, { state, origins: view.frameAncestors });
  };
  addEventListener("pagehide", () => {
    if (!over) client.leave();
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted && !over) void client.view();
  });
  const go = (url: string): void => {
    // Within a frame the parent decides where to go on.
    if (globalThis.window.parent === globalThis.window.self) location.assign(url);
  };
  tell("ready");
  await runFlow({ client, screens, view, devices: mediaDevices(), tell, go });
}

/** Absent on pages that came without encryption, whatever the types say. */
function mediaDevices(): MediaDevices | undefined {
  return "mediaDevices" in navigator ? navigator.mediaDevices : undefined;
}
