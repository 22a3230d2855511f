import { createSecretKey, type KeyObject } from "node:crypto";
import { type SigningKey, sign } from "@sameface/contract";
import type { Endpoint } from "../store/records.ts";
import { macWith, NODE_SIGNING, privateKeyOf, type SignEd25519, signAtOnce } from "./node-signing.ts";
import { openSigningKeys, type Sealer } from "./sealed-endpoint.ts";

/** Signs with the keys of an endpoint, which it keeps open. */
export interface KeyRing {
  /**
   * The `webhook-signature` of a request.
   * @throws {VaultError} for a secret that does not open
   */
  sign(
    endpoint: Endpoint,
    request: { readonly id: string; readonly timestampSeconds: number; readonly body: Uint8Array },
  ): Promise<string>;
}

/** Endpoints whose keys are kept open; the one that was opened first makes room. */
const MOST_ENDPOINTS = 1_000;

/**
 * Opening two secrets and making keys of their bytes costs more than both signatures (measured), so it is done once for
 * each set of secrets. The memory's key holds the sealed bytes and where they belong: a row that was copied elsewhere is opened
 * there again, and refused.
 */
export function createKeyRing(vault: Sealer, signEd25519: SignEd25519 = signAtOnce): KeyRing {
  const opened = new Map<string, readonly SigningKey[]>();
  // A claim has one object for all deliveries of an endpoint: its name is made once, not for each.
  const names = new WeakMap<Endpoint, string>();
  const readyKeys = new WeakMap<Uint8Array, KeyObject>();
  const keysOf = (endpoint: Endpoint): readonly SigningKey[] => {
    const name = names.get(endpoint) ?? nameOf(endpoint);
    names.set(endpoint, name);
    const known = opened.get(name);
    if (known !== undefined) return known;
    const keys = openSigningKeys(endpoint, vault);
    opened.set(name, keys);
    const [oldest] = opened.keys();
    if (opened.size > MOST_ENDPOINTS && oldest !== undefined) opened.delete(oldest);
    return keys;
  };
  const ready = (bytes: Uint8Array, make: (bytes: Uint8Array) => KeyObject): KeyObject => {
    const known = readyKeys.get(bytes);
    if (known !== undefined) return known;
    const key = make(bytes);
    readyKeys.set(bytes, key);
    return key;
  };
  const mac = (secret: Uint8Array, parts: readonly Uint8Array[]): string =>
    macWith(ready(secret, createSecretKey), parts);
  const ed25519 = {
    ...NODE_SIGNING.ed25519,
    sign: (seed: Uint8Array, parts: readonly Uint8Array[]) =>
      signEd25519(Buffer.concat(parts), ready(seed, privateKeyOf)),
  };
  return {
    sign: async (endpoint, request) => await sign({ ...request, keys: keysOf(endpoint), mac, ed25519 }),
  };
}

function nameOf({ tenantId, endpointId, secrets }: Endpoint): string {
  const sealed = secrets.map((secret) => [secret.secretId, Buffer.from(secret.sealed).toString("base64")]);
  return JSON.stringify([tenantId, endpointId, sealed]);
}
