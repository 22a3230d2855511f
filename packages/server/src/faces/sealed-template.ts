import type { Template } from "@sameface/engine";
import type { Vault } from "../vault/vault.ts";
import { VaultError } from "../vault/vault-error.ts";
import { rotateByTenant } from "./tenant-rotation.ts";

/** Whose template it is: part of what the seal is bound to (S7). */
export interface TemplateOwner {
  readonly tenantId: string;
  readonly customerId: string;
}

/** First byte of what is sealed: the vector that follows was turned by the tenant's rotation. */
const ROTATED = 1;

/**
 * Turns a template by its tenant's rotation and seals it: bound to tenant, customer and embedder, so that a copied row
 * does not open elsewhere, and what an open row holds does not compare with another tenant's (S7, S8).
 */
export function sealTemplate(
  template: Template,
  { vault, ...owner }: TemplateOwner & { readonly vault: Pick<Vault, "seal" | "tenantSecret"> },
): Uint8Array {
  const { vector } = rotateTemplate(template, { vault, ...owner });
  const values = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
  return vault.seal(Buffer.concat([Uint8Array.of(ROTATED), values]), contextOf(owner, template.embedderId));
}

/**
 * The template as its tenant's rotation leaves it: to be compared with others of that tenant alone.
 * @throws {VaultError} `tampered`, `unknownKey` or `malformed`: never other numbers than those that were sealed
 */
export function openTemplate(
  sealed: { readonly embedderId: string; readonly sealed: Uint8Array },
  { vault, ...owner }: TemplateOwner & { readonly vault: Pick<Vault, "open" | "tenantSecret"> },
): Template {
  const { embedderId } = sealed;
  const bytes = vault.open(sealed.sealed, contextOf(owner, embedderId));
  // Sealed before there were rotations: four bytes a value, and nothing before them.
  if (bytes.length % FLOAT_BYTES === 0)
    return rotateTemplate({ embedderId, vector: floats(bytes) }, { vault, ...owner });
  if (bytes[0] !== ROTATED || bytes.length % FLOAT_BYTES !== 1) {
    throw new VaultError("malformed", "a sealed template of an unknown format");
  }
  return { embedderId, vector: floats(bytes.subarray(1)) };
}

/** A fresh template, turned so that it compares with the tenant's stored ones. */
export function rotateTemplate(
  { embedderId, vector }: Template,
  { vault, tenantId }: { readonly tenantId: string; readonly vault: Pick<Vault, "tenantSecret"> },
): Template {
  return { embedderId, vector: rotateByTenant(vector, vault.tenantSecret("templateRotation", tenantId)) };
}

const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;

/** Copied: a view of 32-bit floats must begin at a multiple of four bytes. */
function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

function contextOf({ tenantId, customerId }: TemplateOwner, embedderId: string): readonly string[] {
  return ["template", tenantId, customerId, embedderId];
}
