import { newId, type OutcomeKind, type SampleName, sample, TEST_ID_PREFIX } from "@sameface/contract";
import type { Random } from "../random.ts";
import type { AuditEntry, Delivery, Endpoint, ProfileName } from "../store/records.ts";
import type { EndpointChange, InTenant, Store } from "../store/store.ts";
import type { Network } from "./address.ts";
import type { AddressGuard } from "./address-guard.ts";
import { checkEndpointUrl, targetOf } from "./endpoint-url.ts";
import { checkOwnHeaders } from "./own-headers.ts";
import { makeSecrets, type Sealer, sealHeaders } from "./sealed-endpoint.ts";

/** What {@link createEndpoints} is made of. */
export interface EndpointsOptions {
  readonly store: Pick<Store, "createEndpoint" | "updateEndpoint" | "deleteEndpoint" | "createTestDelivery">;
  readonly vault: Sealer;
  readonly random: Random;
  /** `SAMEFACE_ALLOWED_PRIVATE_NETWORKS`, parsed. */
  readonly allowedNetworks: readonly Network[];
  /** The sender's own, so that registration and attempt judge alike. */
  readonly guard: AddressGuard;
}

/** Who asks, for which tenant. */
export interface Asked extends InTenant {
  /** As in the audit: `key:<keyId>`, `system`. */
  readonly actor: string;
}

/** The settings of an endpoint that its owner chooses. */
export interface EndpointSettings {
  readonly url: string;
  readonly description: string | null;
  readonly profile: ProfileName;
  /** Outcomes that are sent; `null`: all. */
  readonly outcomes: readonly OutcomeKind[] | null;
  /** Own headers; `null`: none. */
  readonly headers: Readonly<Record<string, string>> | null;
}

/** The settings that a new endpoint is made with. */
export interface NewEndpointSettings extends EndpointSettings {
  /** True: it receives operator events, and no notification; for good. */
  readonly operator: boolean;
}

/** A setting that is refused, and why. */
export interface SettingRefusal {
  readonly kind: "refused";
  readonly field: "url" | "headers";
  /** One sentence for a person; names the setting where that would allow it. */
  readonly message: string;
  /** How the URL is read, where it can be; `null` for headers. */
  readonly canonical: string | null;
}

/** An endpoint as made; the secret is told this once. */
export interface EndpointAdded {
  readonly kind: "added";
  readonly endpoint: Endpoint;
  /** `whsec_…` */
  readonly secret: string;
  /** `whpk_…` */
  readonly publicKey: string;
}

/** What an owner does with endpoints. Reading needs no service: the store's rows say all but the secrets. */
export interface Endpoints {
  add(settings: NewEndpointSettings & Asked): Promise<EndpointAdded | SettingRefusal>;
  /** Changes the named settings; `null`: there is no such endpoint. */
  update(
    change: EndpointRequest & { readonly settings: Partial<EndpointSettings> },
  ): Promise<Endpoint | SettingRefusal | null>;
  /** False: there is no such endpoint. */
  remove(request: EndpointRequest): Promise<boolean>;
  enable(request: EndpointRequest): Promise<Endpoint | null>;
  disable(request: EndpointRequest): Promise<Endpoint | null>;
  /** Sends a golden sample, marked as a test in its signed id; `null`: there is no such endpoint. */
  test(request: EndpointRequest & { readonly sample: SampleName }): Promise<Delivery | null>;
}

/** Which endpoint, and who asks. */
export interface EndpointRequest extends Asked {
  readonly endpointId: string;
}

/** @see interface.md, `/v1/endpoints`; reliability.md B20–B22, S19, S24 */
export function createEndpoints(options: EndpointsOptions): Endpoints {
  const { store, random } = options;
  const setDisabled = async (request: EndpointRequest, disabledReason: string | null): Promise<Endpoint | null> => {
    const audit = auditOf(request, disabledReason === null ? "endpoint.enabled" : "endpoint.disabled");
    return await store.updateEndpoint({ ...refOf(request), audit, change: { disabledReason } });
  };
  return {
    add: async (asked) => await addEndpoint(asked, options),
    update: async (asked) => await updateEndpoint(asked, options),
    remove: async (request) =>
      await store.deleteEndpoint({ ...refOf(request), audit: auditOf(request, "endpoint.deleted") }),
    enable: async (request) => await setDisabled(request, null),
    disable: async (request) => await setDisabled(request, "operator"),
    test: async (request) => {
      const { outcome, body } = sample(request.sample);
      const ids = { eventId: TEST_ID_PREFIX + newId(random), deliveryId: newId(random) };
      const audit = auditOf(request, "endpoint.tested", { sample: request.sample });
      return await store.createTestDelivery({ ...refOf(request), ...ids, audit, outcome, body });
    },
  };
}

async function addEndpoint(
  { tenantId, actor, url, headers, description, profile, outcomes, operator }: NewEndpointSettings & Asked,
  options: EndpointsOptions,
): Promise<EndpointAdded | SettingRefusal> {
  const checked = await checkUrl(url, options);
  if (checked.kind === "refused") return checked;
  const own = checkHeaders(headers);
  if (own.kind === "refused") return own;
  const ref = { tenantId, endpointId: newId(options.random) };
  const made = await makeSecrets(ref, options);
  const endpoint = await options.store.createEndpoint({
    ...ref,
    url: checked.url,
    description,
    profile,
    outcomes,
    sealedHeaders: sealHeaders(own.headers, { ...ref, vault: options.vault }),
    authKind: null,
    sealedAuth: null,
    rateLimit: null,
    unverified: false,
    secrets: made.sealed,
    disabledReason: null,
    operator,
    audit: auditOf({ ...ref, actor }, "endpoint.created", { profile, operator }),
  });
  return { kind: "added", endpoint, secret: made.secret, publicKey: made.publicKey };
}

async function updateEndpoint(
  { settings, ...request }: EndpointRequest & { readonly settings: Partial<EndpointSettings> },
  options: EndpointsOptions,
): Promise<Endpoint | SettingRefusal | null> {
  const { url, headers, ...plain } = settings;
  const checked = url === undefined ? null : await checkUrl(url, options);
  if (checked?.kind === "refused") return checked;
  const own = headers === undefined ? null : checkHeaders(headers);
  if (own?.kind === "refused") return own;
  const change: EndpointChange = {
    ...plain,
    ...(checked === null ? {} : { url: checked.url }),
    ...(own === null ? {} : { sealedHeaders: sealHeaders(own.headers, { ...refOf(request), vault: options.vault }) }),
  };
  // The names of what was changed, never the values: a header may be a credential.
  const audit = auditOf(request, "endpoint.changed", { changed: Object.keys(settings).sort().join(",") });
  return await options.store.updateEndpoint({ ...refOf(request), audit, change });
}

/** The URL rules, and the name's addresses where it resolves now; one that does not is accepted (reliability.md B22). */
async function checkUrl(
  text: string,
  { allowedNetworks, guard }: EndpointsOptions,
): Promise<{ readonly kind: "checked"; readonly url: string } | SettingRefusal> {
  const check = checkEndpointUrl(text, { allowedNetworks });
  if (!check.ok) return { kind: "refused", field: "url", message: check.message, canonical: check.canonical };
  const vetted = await guard.vet(targetOf(new URL(check.url)));
  if (vetted.kind === "addresses" || vetted.reason !== "blockedAddress") return { kind: "checked", url: check.url };
  return { kind: "refused", field: "url", message: BLOCKED_MESSAGE, canonical: check.url };
}

const BLOCKED_MESSAGE =
  "The host leads to an address that nothing is sent to (private ones only inside SAMEFACE_ALLOWED_PRIVATE_NETWORKS).";

function checkHeaders(
  headers: Readonly<Record<string, string>> | null,
): { readonly kind: "checked"; readonly headers: Readonly<Record<string, string>> } | SettingRefusal {
  const check = checkOwnHeaders(headers ?? {});
  if (check.ok) return { kind: "checked", headers: check.headers };
  return { kind: "refused", field: "headers", message: `${check.name}: ${check.message}`, canonical: null };
}

function refOf({ tenantId, endpointId }: EndpointRequest): { tenantId: string; endpointId: string } {
  return { tenantId, endpointId };
}

function auditOf(
  { actor, endpointId }: { readonly actor: string; readonly endpointId: string },
  action: string,
  details: AuditEntry["details"] = {},
): AuditEntry {
  return { actor, action, target: `endpoint:${endpointId}`, details };
}
