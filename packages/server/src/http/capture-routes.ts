import type { Captures } from "../capture/captures.ts";
import { captureCallRoutes } from "./capture-page-calls.ts";
import { captureSessionRoutes } from "./capture-sessions.ts";
import type { Route } from "./route.ts";

/** All that has to do with captures: what a back end calls, and what its page calls. */
export function captureRoutes({ captures }: { readonly captures: Captures | null }): readonly Route[] {
  return captures === null ? [] : [...captureSessionRoutes({ captures }), ...captureCallRoutes({ captures })];
}
