import { button, drawing, element } from "./elements.ts";
import { LANGUAGES, type Language, type TextKey, textOf } from "./texts.ts";

/** One thing that a person can do on a screen. */
export interface Action {
  readonly label: TextKey;
  readonly kind?: "primary" | "plain" | "quiet";
  readonly act: () => void;
}

/** A screen that says something and offers ways on. */
export interface Message {
  readonly title: TextKey;
  readonly text?: TextKey;
  /** What a stranger wrote: shown as it is, never as markup. */
  readonly verbatim?: string;
  readonly tips?: readonly TextKey[];
  readonly note?: string;
  readonly sign: "face" | "good" | "bad" | "wait";
  readonly actions: readonly Action[];
}

/** What stands before the camera picture. */
export interface Stage {
  readonly video: HTMLVideoElement;
  /** What to do now; read out when it changes. */
  say(text: string, tone: "ask" | "good" | "mend"): void;
  /** How many of the moves are done. */
  progress(done: number, of: number): void;
}

/** Draws the page. */
export interface Screens {
  readonly language: Language;
  readonly message: (message: Message) => void;
  readonly stage: (stream: MediaStream, actions: readonly Action[]) => Stage;
  readonly speak: (language: Language) => void;
}

const SIGNS = {
  face: "M32 10c9 0 15 7 15 18 0 13-7 24-15 24s-15-11-15-24c0-11 6-18 15-18M26 28v2M38 28v2M27 41c3 3 7 3 10 0",
  good: "M18 33l10 10 19-21",
  bad: "M32 18v18M32 45v1",
  wait: "M20 32h.1M32 32h.1M44 32h.1",
} as const;

/** @param root everything is drawn in it */
export function createScreens(root: HTMLElement, first: Language): Screens {
  let language = first;
  let again: () => void = () => undefined;
  const say = (key: TextKey): string => textOf(language, key);
  const show = (title: TextKey, children: readonly Node[]): void => {
    document.documentElement.lang = language;
    document.title = say(title);
    root.replaceChildren(languagePicker(language, screens.speak), ...children);
    // A screen reader begins anew where the screen changed.
    root.querySelector<HTMLElement>("h1")?.focus();
  };
  const screens: Screens = {
    get language() {
      return language;
    },
    speak: (next) => {
      language = next;
      again();
    },
    message: (message) => {
      again = () => {
        show(message.title, [messageOf(message, say)]);
      };
      again();
    },
    stage: (stream, actions) => {
      const { node, stage } = stageOf(stream, { actions, say });
      // The picture runs on; its next words come in the new language.
      again = () => {
        document.documentElement.lang = language;
      };
      show("look", [node]);
      return stage;
    },
  };
  return screens;
}

function messageOf(message: Message, say: (key: TextKey) => string): HTMLElement {
  const { title, text, verbatim, tips = [], note, sign, actions } = message;
  return element("section", { class: `message ${sign}` }, [
    drawing("0 0 64 64", "sign", [{ d: SIGNS[sign] }]),
    element("h1", { tabindex: "-1", text: say(title) }),
    ...(text === undefined ? [] : [element("p", { text: say(text) })]),
    ...(verbatim === undefined ? [] : [element("p", { class: "verbatim", dir: "auto", text: verbatim })]),
    ...(tips.length === 0
      ? []
      : [
          element(
            "ul",
            {},
            tips.map((tip) => element("li", { text: say(tip) })),
          ),
        ]),
    ...(note === undefined ? [] : [element("p", { class: "note", role: "status", text: note })]),
    actionsOf(actions, say),
  ]);
}

function actionsOf(actions: readonly Action[], say: (key: TextKey) => string): HTMLElement {
  const made = actions.map(({ label, kind = "primary", act }) => button(say(label), kind, act));
  return element("div", { class: "actions" }, made);
}

function languagePicker(present: Language, speak: (language: Language) => void): HTMLElement {
  const buttons = (Object.keys(LANGUAGES) as Language[]).map((language) => {
    const made = button(textOf(language, "language"), "quiet", () => {
      speak(language);
    });
    made.lang = language;
    made.setAttribute("aria-pressed", String(language === present));
    return made;
  });
  return element("nav", { class: "languages", "aria-label": "Language · Sprache" }, buttons);
}

/** The oval within a stage of 300 × 400. */
const OVAL = "M150 62c62 0 98 52 98 128 0 84-44 148-98 148S52 274 52 190c0-76 36-128 98-128z";

function stageOf(
  stream: MediaStream,
  { actions, say }: { readonly actions: readonly Action[]; readonly say: (key: TextKey) => string },
): { readonly node: HTMLElement; readonly stage: Stage } {
  const video = element("video", { "aria-label": say("camera"), playsinline: "", disablepictureinpicture: "" });
  video.muted = true;
  video.autoplay = true;
  video.srcObject = stream;
  const words = element("h1", {
    tabindex: "-1",
    class: "words",
    "aria-live": "assertive",
    "aria-atomic": "true",
    text: say("look"),
  });
  const dots = element("ol", { class: "dots", "aria-hidden": "true" });
  const frame = element("div", { class: "frame" }, [
    video,
    drawing("0 0 300 400", "guide", [
      { d: `M0 0h300v400H0z${OVAL}`, class: "veil", "fill-rule": "evenodd" },
      { d: OVAL, class: "oval" },
    ]),
  ]);
  const node = element("section", { class: "stage" }, [frame, words, dots, actionsOf(actions, say)]);
  const stage: Stage = {
    video,
    say: (text, tone) => {
      if (words.textContent !== text) words.textContent = text;
      frame.dataset["tone"] = tone;
    },
    progress: (done, of) => {
      dots.replaceChildren(...Array.from({ length: of }, (_, at) => element("li", at < done ? { class: "done" } : {})));
    },
  };
  return { node, stage };
}
