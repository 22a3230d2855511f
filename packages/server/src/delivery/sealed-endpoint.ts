import { generateEd25519, generateSecret, newId, parseSigningKey, type SigningKey } from "@sameface/contract";
import type { Random } from "../random.ts";
import type { Endpoint, SealedSecret } from "../store/records.ts";
import type { NewSecret } from "../store/store.ts";
import type { Vault } from "../vault/vault.ts";
import type { AuthSettings } from "./auth-kind.ts";

/** The part of the vault that delivery needs. */
export type Sealer = Pick<Vault, "seal" | "open">;

/** Where a sealed thing belongs; a row copied to another tenant or endpoint does not open there. */
export interface EndpointRef {
  readonly tenantId: string;
  readonly endpointId: string;
}

/** New secrets of an endpoint: sealed to be stored, and what its owner is told this once. */
export interface NewSecrets {
  readonly sealed: readonly NewSecret[];
  /** `whsec_…` */
  readonly secret: string;
  /** `whpk_…` */
  readonly publicKey: string;
}

/** One HMAC secret and one Ed25519 pair: every request is signed with both kinds (S18, S19). */
export async function makeSecrets(
  ref: EndpointRef,
  { vault, random }: { readonly vault: Sealer; readonly random: Random },
): Promise<NewSecrets> {
  const secret = generateSecret(random);
  const pair = await generateEd25519(random);
  const sealOne = (kind: SealedSecret["kind"], text: string, publicKey: string | null): NewSecret => {
    const secretId = newId(random);
    return { secretId, kind, publicKey, sealed: vault.seal(toBytes(text), secretContext(ref, secretId)) };
  };
  const sealed = [sealOne("hmac", secret, null), sealOne("ed25519", pair.privateKey, pair.publicKey)];
  return { sealed, secret, publicKey: pair.publicKey };
}

/**
 * The keys of an endpoint, both of a rotation's overlap included, HMAC first: a receiver that looks at one signature
 * only looks at the first one, and at that kind.
 * @throws {VaultError} for a row that does not open
 */
export function openSigningKeys(endpoint: Endpoint, vault: Sealer): readonly SigningKey[] {
  const ordered = [...endpoint.secrets].sort(
    (one, other) => Number(other.kind === "hmac") - Number(one.kind === "hmac"),
  );
  return ordered.map((secret) =>
    parseSigningKey(toText(vault.open(secret.sealed, secretContext(endpoint, secret.secretId)))),
  );
}

/** Own headers, as they are stored; `null` for none. */
export function sealHeaders(
  headers: Readonly<Record<string, string>>,
  { vault, ...ref }: EndpointRef & { readonly vault: Sealer },
): Uint8Array | null {
  if (Object.keys(headers).length === 0) return null;
  return vault.seal(toBytes(JSON.stringify(headers)), headersContext(ref));
}

/** Own headers of an endpoint, with lower-case names. @throws {VaultError} for a row that does not open */
export function openHeaders(endpoint: Endpoint, vault: Sealer): Readonly<Record<string, string>> {
  if (endpoint.sealedHeaders === null) return {};
  // Sealed by sealHeaders alone, and authenticated: what opens is what was checked.
  return JSON.parse(toText(vault.open(endpoint.sealedHeaders, headersContext(endpoint)))) as Record<string, string>;
}

/** Settings of the auth kind, as they are stored; `null` for none. */
export function sealAuth(
  settings: AuthSettings | null,
  { vault, ...ref }: EndpointRef & { readonly vault: Sealer },
): { readonly kind: string | null; readonly sealed: Uint8Array | null } {
  if (settings === null) return { kind: null, sealed: null };
  return { kind: settings.kind, sealed: vault.seal(toBytes(JSON.stringify(settings)), authContext(ref)) };
}

/** Settings of the auth kind. @throws {VaultError} for a row that does not open */
export function openAuth(endpoint: Endpoint, vault: Sealer): AuthSettings | null {
  if (endpoint.sealedAuth === null) return null;
  // Sealed by sealAuth alone, and authenticated: what opens is what the schema let through.
  return JSON.parse(toText(vault.open(endpoint.sealedAuth, authContext(endpoint)))) as AuthSettings;
}

function secretContext({ tenantId, endpointId }: EndpointRef, secretId: string): readonly string[] {
  return ["endpoint secret", tenantId, endpointId, secretId];
}

function headersContext({ tenantId, endpointId }: EndpointRef): readonly string[] {
  return ["endpoint headers", tenantId, endpointId];
}

function authContext({ tenantId, endpointId }: EndpointRef): readonly string[] {
  return ["endpoint auth", tenantId, endpointId];
}

function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function toText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}
