import type { BareImage } from "@sameface/engine";
import type { KeptPicture } from "../store/kept-pictures.ts";
import type { Vault } from "../vault/vault.ts";

/** Whose picture it is, and of which attempt: what its seal is bound to. */
export interface PictureOwner {
  readonly tenantId: string;
  readonly customerId: string;
  readonly authenticationId: string;
}

/** Seals a picture that a tenant keeps; a row that is copied to another attempt, customer or tenant does not open. */
export function sealPicture(
  { bytes, format, orientation }: BareImage,
  { vault, keepMs, ...owner }: PictureOwner & { readonly vault: Pick<Vault, "seal">; readonly keepMs: number },
): KeptPicture {
  return { sealed: vault.seal(bytes, contextOf(owner)), format, orientation, keepMs };
}

/** @throws {VaultError} never other bytes than those that were sealed */
export function openPicture(
  sealed: Uint8Array,
  { vault, ...owner }: PictureOwner & { readonly vault: Pick<Vault, "open"> },
): Uint8Array {
  return vault.open(sealed, contextOf(owner));
}

function contextOf({ tenantId, customerId, authenticationId }: PictureOwner): readonly string[] {
  return ["picture", tenantId, customerId, authenticationId];
}
