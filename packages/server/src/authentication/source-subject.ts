import type { Vault } from "../vault/vault.ts";

/** The keyed hash under which a source is counted. */
export function sourceSubject(
  vault: Pick<Vault, "digest">,
  { tenantId, source }: { readonly tenantId: string; readonly source: string },
): string {
  return vault.digest("source", tenantId, new TextEncoder().encode(source));
}
