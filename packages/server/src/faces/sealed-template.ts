import type { Template } from "@sameface/engine";
import type { Vault } from "../vault/vault.ts";

/** Whose template it is: part of what the seal is bound to (S7). */
export interface TemplateOwner {
  readonly tenantId: string;
  readonly customerId: string;
}

/** Seals a template: bound to tenant, customer and embedder, so that a copied row does not open elsewhere. */
export function sealTemplate(
  template: Template,
  { vault, ...owner }: TemplateOwner & { readonly vault: Pick<Vault, "seal"> },
): Uint8Array {
  const { vector } = template;
  const bytes = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
  return vault.seal(bytes, contextOf(owner, template.embedderId));
}

/** @throws {VaultError} `tampered`, `unknownKey` or `malformed`: never other numbers than those that were sealed */
export function openTemplate(
  sealed: { readonly embedderId: string; readonly sealed: Uint8Array },
  { vault, ...owner }: TemplateOwner & { readonly vault: Pick<Vault, "open"> },
): Template {
  const bytes = vault.open(sealed.sealed, contextOf(owner, sealed.embedderId));
  // Copied: a view of 32-bit floats must begin at a multiple of four bytes.
  return { embedderId: sealed.embedderId, vector: new Float32Array(Uint8Array.from(bytes).buffer) };
}

function contextOf({ tenantId, customerId }: TemplateOwner, embedderId: string): readonly string[] {
  return ["template", tenantId, customerId, embedderId];
}
