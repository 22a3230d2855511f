import type { Inspection } from "@sameface/engine";
import type { PictureMarks } from "../store/capture-sessions.ts";
import type { Vault } from "../vault/vault.ts";

/**
 * What a picture is known again by: keyed hashes of its bytes and of four bands of its perceptual hash. Without the key
 * a band says nothing of the picture, and with the others gone only a near copy is found, nobody's face.
 */
export function pictureMarks(
  { quality }: Pick<Inspection, "quality">,
  {
    vault,
    tenantId,
    digest,
  }: { readonly vault: Pick<Vault, "digest">; readonly tenantId: string; readonly digest: string },
): PictureMarks {
  if (quality === null) return { digest, bands: null };
  const band = (at: number): string => {
    const part = `${at} ${quality.perceptualHash.slice(at * 4, at * 4 + 4)}`;
    return vault.digest("pictureBand", tenantId, new TextEncoder().encode(part));
  };
  return { digest, bands: [band(0), band(1), band(2), band(3)] };
}
