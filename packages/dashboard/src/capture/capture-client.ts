import type { Schemas } from "@sameface/contract/client";

/** What the page is told of its session. */
export type SessionView = Schemas["CapturePageView"];
/** What a frame is answered with. */
export type FrameReply = Schemas["CaptureFrameAnswer"];
type Begun = Schemas["CaptureBegun"];

/** A call that was answered, refused with a stable code, or never arrived. */
export type Reply<T> =
  | { readonly kind: "ok"; readonly body: T }
  | { readonly kind: "refused"; readonly code: string }
  | { readonly kind: "offline" };

/** The calls of the page; the cookie goes with them by itself, and no script can read it. */
export interface CaptureClient {
  open(secret: string): Promise<Reply<SessionView>>;
  view(): Promise<Reply<SessionView>>;
  agree(): Promise<Reply<null>>;
  begin(source: "camera" | "file"): Promise<Reply<Begun>>;
  frame(frame: { readonly image: Blob; readonly nonce: string; readonly number: number }): Promise<Reply<FrameReply>>;
  problem(problem: string): Promise<Reply<null>>;
  close(reason: string): Promise<Reply<null>>;
  handOver(): Promise<Reply<{ readonly url: string }>>;
  /** Sent while the page goes away. */
  leave(): void;
}

/** @param fetch the browser's own, handed in for tests */
export function createCaptureClient(sessionId: string, fetch: typeof globalThis.fetch): CaptureClient {
  const base = `/capture/sessions/${encodeURIComponent(sessionId)}`;
  const call = async <T>(path: string, init: RequestInit): Promise<Reply<T>> => {
    try {
      const answer = await fetch(`${base}${path}`, { credentials: "same-origin", cache: "no-store", ...init });
      // The shapes are those of the server that this page came from.
      if (answer.ok) return { kind: "ok", body: (answer.status === 204 ? null : await answer.json()) as T };
      const { code } = (await answer.json()) as { readonly code?: unknown };
      return { kind: "refused", code: typeof code === "string" ? code : "unknown" };
    } catch {
      return { kind: "offline" };
    }
  };
  const post = async <T>(path: string, body?: unknown): Promise<Reply<T>> => {
    if (body === undefined) return await call(path, { method: "POST" });
    const headers = { "content-type": "application/json" };
    return await call(path, { method: "POST", headers, body: JSON.stringify(body) });
  };
  return {
    open: async (secret) => await post("/open", { secret }),
    view: async () => await call("", { method: "GET" }),
    agree: async () => await post("/agree"),
    begin: async (source) => await post("/begin", { source }),
    frame: async ({ image, nonce, number }) => {
      const form = new FormData();
      form.set("nonce", nonce);
      form.set("number", String(number));
      form.set("image", image, "frame.jpg");
      return await call("/frames", { method: "POST", body: form });
    },
    problem: async (problem) => await post("/problem", { problem }),
    close: async (reason) => await post("/close", { reason }),
    handOver: async () => await post("/hand-over"),
    leave: () => {
      void fetch(`${base}/leave`, { method: "POST", keepalive: true, credentials: "same-origin" }).catch(
        () => undefined,
      );
    },
  };
}
