import type { AtMs } from "./records.ts";
import type { InTenant } from "./store.ts";

/** The picture of an attempt that is to be kept (F35), sealed. */
export interface KeptPicture {
  readonly sealed: Uint8Array;
  readonly format: "jpeg" | "png" | "webp";
  /** EXIF orientation, 1…8. */
  readonly orientation: number;
  /** From the decision on. */
  readonly keepMs: number;
}

/** What is told of a kept picture without looking at it. */
export interface PictureFacts extends Pick<KeptPicture, "format" | "orientation"> {
  readonly authenticationId: string;
  readonly customerId: string;
  readonly createdAtMs: AtMs;
  readonly keptUntilMs: AtMs;
}

/** The part of the port about kept pictures. Each stands in the transaction of its decision, or there is neither. */
export interface KeptPictures {
  /** Those of these attempts that are kept, without the pictures. */
  listPictures(where: InTenant & { readonly authenticationIds: readonly string[] }): Promise<readonly PictureFacts[]>;
  readPicture(
    where: InTenant & { readonly authenticationId: string },
  ): Promise<(PictureFacts & { readonly sealed: Uint8Array }) | null>;
}
