/**
 * `<sameface-capture src="…">`: the capture page in a frame. Tells how it ended by the event `capture`, whose detail is
 * `{state}`; what was decided is told to the back end alone.
 */
class SamefaceCapture extends HTMLElement {
  static readonly observedAttributes = ["src"];
  readonly #frame = document.createElement("iframe");

  constructor() {
    super();
    this.#frame.allow = "camera";
    this.#frame.title = this.getAttribute("label") ?? "Camera";
    this.#frame.style.cssText = "border:0;width:100%;height:100%;min-height:600px;color-scheme:normal";
    this.attachShadow({ mode: "open" }).append(this.#frame);
  }

  connectedCallback(): void {
    this.style.display ||= "block";
    addEventListener("message", this.#listen);
  }

  disconnectedCallback(): void {
    removeEventListener("message", this.#listen);
  }

  attributeChangedCallback(_name: string, _before: string | null, src: string | null): void {
    // A link opens once: the same one is not loaded again.
    if (src !== null && this.#frame.src !== src) this.#frame.src = src;
  }

  readonly #listen = ({ source, origin, data }: MessageEvent): void => {
    if (source !== this.#frame.contentWindow || origin !== new URL(this.#frame.src).origin) return;
    const { source: name, state } = data as { readonly source?: unknown; readonly state?: unknown };
    if (name !== "sameface-capture" || typeof state !== "string") return;
    this.dispatchEvent(new CustomEvent("capture", { detail: { state }, bubbles: true }));
  };
}

if (customElements.get("sameface-capture") === undefined) customElements.define("sameface-capture", SamefaceCapture);
