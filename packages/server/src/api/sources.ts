import { Type } from "typebox";
import { closed } from "./common.ts";

/** The end user's address or device, as the caller names it with an authentication. */
export const Source = Type.String({
  minLength: 1,
  maxLength: 128,
  description: "The end user's address or device as you know it; only counted, for guessing.",
});

export const UnlockSourceBody = closed({ source: Source });
